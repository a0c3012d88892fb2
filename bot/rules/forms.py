"""Forms: which question comes next, given the answers so far, and what is wrong with an answer.

Pure: answers come in and go out as values.

A form is a table of a campaign's forms.toml; its words stand in words.toml under the same ids.
Answers are kept as `{question id: text}`, so a form goes on where it was, on whatever day and
machine::

            ┌──────────────────────── answer taken, passed over, or advice read ─┐
            ▼                                                                     │
    next_question(form, answers) ── a question ──► judge(question, text) ──► Answer
            │                                             │
            │ None: every question has its entry          └──► Wrong: say why, ask again,
            │                                                         keep nothing
            ▼
         complete ──► sheet(): what the document's template shows

Questions that come `later` stand in no row: they are offered once the others are answered.

A question passed over and an advice that was read have the answer ''. Words are counted as people
count them: what stands between spaces and has a letter or a digit; each Chinese or Japanese
character is one.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256

import regex

from bot.languages import said_row
from bot.model.makers import Form, Question
from bot.model.words import QuestionWords, Words
from bot.rules.reading.links import link

MOST = 4_096
"""Most characters of an answer, which is one Telegram message."""

LETTERS = 30
"""Characters for each word that a question allows: a limit of words alone could be got round by
writing without spaces.
"""

Answers = Mapping[str, str]
"""Answers by question id; '' for a question passed over and for advice that was read."""


class Why(Enum):
    """The reason why an answer can't be taken."""

    EMPTY = "empty"
    #: more words than allowed
    WORDS = "words"
    #: more characters than one message holds, or than so many words can have
    LONG = "long"
    #: none of the choices
    CHOICE = "choice"
    #: no link, or several
    LINK = "link"


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """An answer that can't be taken, with the reason.

    `count` is over `most` (words or characters) by as much as has to go.
    """

    why: Why
    count: int = 0
    most: int = 0


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer in the form in which it is stored."""

    text: str
    #: 0 for a choice
    words: int = 0


@dataclass(frozen=True, kw_only=True)
class Count:
    """A live count of words or characters, such as '14 of 20'."""

    words: int
    #: None where there is no limit
    most: int | None

    @property
    def left(self) -> int | None:
        """Return how many more may be written; negative where so many have to go.

        None without a limit.
        """
        return None if self.most is None else self.most - self.words


@dataclass(frozen=True, kw_only=True)
class Place:
    """How far somebody is in a form: question 2 of 4, step 1 of 4; 0 of 0 without steps."""

    number: int
    of: int
    step: int
    steps: int


def next_question(of: Form, answers: Answers) -> Question | None:
    """Return the first question of the row without an entry; None when it is complete."""
    row = (question for question in of.questions if not question.later)
    return next((question for question in row if question.id not in answers), None)


def untold(of: Form, answers: Answers, after: Question | None = None) -> Question | None:
    """Return the first of the questions that come later which has no answer, or None.

    With `after` it is the first behind that one, so that who leaves one out isn't asked again.
    """
    start = 0 if after is None else of.questions.index(after) + 1
    rest = (question for question in of.questions[start:] if question.later)
    return next((question for question in rest if not answers.get(question.id)), None)


def is_complete(of: Form, answers: Answers) -> bool:
    """Return whether nothing is left in the row and every required question has an answer."""
    return next_question(of, answers) is None and all(
        answers[q.id] for q in of.questions if q.required and not q.advice
    )


def previous(of: Form, answers: Answers) -> Question | None:
    """Return the question before the next one, which [Back] asks again.

    None at the beginning of the form.
    """
    coming = next_question(of, answers)
    row = [question for question in of.questions if not question.later]
    before = row if coming is None else row[: row.index(coming)]
    return before[-1] if before else None


def without(answers: Answers, question_id: str) -> dict[str, str]:
    """Return the answers without this one, so that its question is asked again."""
    return {key: text for key, text in answers.items() if key != question_id}


def with_answer(answers: Answers, question_id: str, text: str = "") -> dict[str, str]:
    """Return the answers with this one added.

    '' skips a question, or marks advice as read.
    """
    return {**answers, question_id: text}


def place(of: Form, question: Question) -> Place:
    """Return where this question stands among the others of its row."""
    row = [each for each in of.questions if each.later is question.later]
    step = of.steps.index(question.step) + 1 if question.step else 0
    return Place(
        number=row.index(question) + 1,
        of=len(row),
        step=step,
        steps=len(of.steps),
    )


def judge(question: Question, text: str, choices: Sequence[str] = ()) -> Answer | Wrong:
    """Return the answer as it is stored, or what is wrong with it.

    `choices` are given for a question whose choices are the person's own.
    """
    cleaned = clean(text)
    if question.advice or (not cleaned and not question.required):
        return Answer(text="")
    if not cleaned:
        return Wrong(why=Why.EMPTY)
    if question.several:
        return _judge_several(question, cleaned)
    if question.link:
        address = link(cleaned)
        return Wrong(why=Why.LINK) if address is None else Answer(text=address)
    if question.choice:
        return (
            Answer(text=cleaned)
            if cleaned in (question.choices or choices)
            else Wrong(why=Why.CHOICE)
        )
    return _judge_text(question, cleaned)


def _judge_several(question: Question, text: str) -> Answer | Wrong:
    named = set(regex.split(r"[\s,;，；、،؛]+", text)) - {""}
    if not named <= set(question.choices):
        return Wrong(why=Why.CHOICE)
    return Answer(text=" ".join(each for each in question.choices if each in named))


def ids_of(text: str, names: Mapping[str, str]) -> str:
    """Return what somebody typed with the ids in place of the names of choices, which stand between
    commas or on lines of their own; `names` are by id. What is no name stays as it is.
    """
    known = {name.casefold(): key for key, name in names.items()}
    parts = [part.strip() for part in regex.split(r"[,;\n，；、،؛]", text)]
    return " ".join(known.get(part.casefold(), part) for part in parts if part)


def _judge_text(question: Question, text: str) -> Answer | Wrong:
    counted = count(question, text)
    if counted.left is not None and counted.left < 0:
        return Wrong(why=Why.WORDS, count=counted.words, most=counted.most or 0)
    most = MOST if question.max_words is None else min(MOST, question.max_words * LETTERS)
    if len(text) > most:
        return Wrong(why=Why.LONG, count=len(text), most=most)
    # marks alone are no answer: somebody pressed a key by mistake, or sent a picture without words
    return Answer(text=text, words=counted.words) if counted.words else Wrong(why=Why.EMPTY)


def count(question: Question, text: str) -> Count:
    """Return the live count for an answer that is being written."""
    return Count(words=count_words(text), most=question.max_words)


_GROUPED = regex.compile(r"(?<=\d)[\u00a0\u2009\u202f](?=\d{3}(?!\d))")
"""A space that groups digits, as in 152 000 000."""

_BETWEEN = regex.compile(r"[\s\u200b]+|[—―]+|(?<!\d)–+|–+(?!\d)")
_SIGNS = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_ANY = regex.compile(r"[\p{L}\p{N}]")


def count_words(text: str) -> int:
    """Return how many words a person would count.

    “15–17-year-olds”, “l’école”, “1,000” and “#Hashtag” are one word each, “–” and “!” none.
    """
    signs = len(_SIGNS.findall(text))
    rest = _BETWEEN.split(_GROUPED.sub("", _SIGNS.sub(" ", text)))
    return signs + sum(1 for word in rest if _ANY.search(word))


def clean(text: str) -> str:
    """Return the text in the form in which it is stored.

    That is NFC, without control marks and blank ends, with at most one empty line in a row.
    """
    lines = (
        unicodedata.normalize("NFC", text)
        .replace("\r\n", "\n")
        .replace("\r", "\n")
        .replace("\t", " ")
        .split("\n")
    )
    kept = [
        "".join(mark for mark in line if unicodedata.category(mark) not in _CONTROL).strip()
        for line in lines
    ]
    return regex.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


_CONTROL = frozenset({"Cc", "Cs", "Co", "Cn"})


@dataclass(frozen=True, kw_only=True)
class Line:
    """A question and its answer, as a document shows them."""

    id: str
    #: the question's words, or the advice
    ask: str
    #: '' where it was passed over; a choice by its words
    answer: str
    advice: bool
    #: the answer stands in the words, and the language, of who gave it
    own: bool = False


@dataclass(frozen=True, kw_only=True)
class Step:
    """A part of a document; `title` is '' in a form without steps."""

    title: str
    lines: tuple[Line, ...]


def sheet(
    of: Form, answers: Answers, words: Words, choices: Mapping[str, str] | None = None
) -> tuple[Step, ...]:
    """Return the filled form for people, in the campaign's words; of questions that come later
    those that were answered.

    `choices` are the words of choices that are the person's own.
    """
    own = words.form(of.id)
    return tuple(
        Step(
            title=own.steps.get(step, "") if step else "",
            lines=tuple(_lines(of, step, answers, words, choices or {})),
        )
        for step in of.steps or (None,)
    )


def mark(answers: Answers) -> str:
    """Return a digest of the answers, 16 hex digits, by which somebody names what they have looked
    at; nobody can write other answers that have the same.
    """
    return sha256(repr(sorted(answers.items())).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def shown(
    question: Question, text: str, words: Words, said: QuestionWords, own: Mapping[str, str]
) -> str:
    """Return an answer as people read it: choices and topics by their words.

    `said` are the words of the question, `own` those of choices that are the person's own.
    """
    names = {**said.choices, **own}
    if question.several:
        marked = text.split()
        named = map(words.topic, marked) if question.topics else (names.get(i, i) for i in marked)
        return said_row(named, words.language)
    return names.get(text, text) if question.choice else text


def _lines(
    of: Form, step: str | None, answers: Answers, words: Words, choices: Mapping[str, str]
) -> Iterator[Line]:
    own = words.form(of.id)
    for question in of.questions:
        if question.step != step:
            continue
        said, text = own.question(question.id), answers.get(question.id, "")
        if question.later and not text:
            continue
        yield Line(
            id=question.id,
            ask=said.advice if question.advice else said.ask,
            answer=shown(question, text, words, said, choices),
            advice=question.advice,
            own=not (question.topics or question.choice or question.steps),
        )
