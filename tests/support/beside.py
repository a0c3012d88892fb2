"""Plays a script in another language, line by line beside the English one.

A press is found in English by its label, here by what the button does. What comes must be as many
messages with as many buttons, nothing English left in it (`english_left`) and nothing broken
(`broken`). Own names of languages are pressed in turn: who speaks English there speaks this
language here.
"""

import re
from itertools import zip_longest

from player import TEXTS, at, lines_of
from tree import languages

from bot.text import beginning

NAMES = frozenset(
    [
        "accra",
        "acme",
        "bluesky",
        "facebook",
        "ghana",
        "instagram",
        "kolkata",
        "linkedin",
        "madrid",
        "mastodon",
        "söhne",
        "telegram",
        "threads",
        "tiktok",
        "utc",
        "whatsapp",
    ]
)
"""Names that are the same in every language."""

QUOTED = {
    # a post that the guide gives word for word, in English, wherever it is shown
    "While we celebrate labour day today, we should work to end child labour in all its forms",
    # what somebody is called
    "Allô Enfance en Danger",
    "Alliance 8.7",
    "Child Helpline International",
    "The Secretariat",
}
"""Texts that are the same in every language."""

ALIKE = {
    "es": {"Bombay (India)", "India", "No"},
    "fr": {"1 message", "France", "Paris (France)", "Suggestions"},
    "pt": {"Hashtags", "Links", "“nonsense here please”"},
}
"""What these languages say as English does."""

_BUTTON = re.compile(r"\[([^\[\]\n]+)\]")
_TOKEN = re.compile(r"[\w-]{20,}")
_CODE = re.compile(r"[/#@]\S+|\S*[\d@_/]\S*|\S+\.\w\S*")
_TERMINAL = re.compile(r"^\((?:no message has a button|copied:|opens) .*", re.MULTILINE)
_SENTENCE = re.compile(r"(?<=[.!?:…])\s+")
_LISTED = 100  # most characters of a question in the list
_MARKUP = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|\b(?:None|Undefined|True|False)\b|\S {2,}\S")
_PAIRS = ("()", "«»", "“”", "[]")
_STRAY = {
    # a sign or a blank of Latin letters beside Chinese ones; an address keeps the blank before it
    "zh": re.compile(
        r"[\u4e00-\u9fff，。：；！？）”] ?[,;(!?]|[,;] ?[\u4e00-\u9fff]"
        r"|[\u4e00-\u9fff，。；：！？）] +[\u4e00-\u9fff]"
    )
}
"""By language: signs that don't stand between its letters."""


def sentences(text):
    """Labels and sentences of a message; a file for machines is left out."""
    if text.startswith("<!doctype"):
        text = re.sub(r"<[^>]+>", "\n", text)
    text = re.sub(r"^\S+\.json:\n.*", "", text, flags=re.MULTILINE | re.DOTALL)
    text = _TERMINAL.sub("", text)
    labels = _BUTTON.findall(text)
    prose = _BUTTON.sub("\n", text).splitlines()
    return {part.strip() for part in (*labels, *(s for p in prose for s in _SENTENCE.split(p)))}


def english_left(english, other, given=()):
    """Sentences and labels that are the English ones, though they have words of their own.

    `given` are texts that somebody wrote, or that are the same in every language.
    """
    return sorted(s for s in sentences(english) & sentences(other) if _is_said(s, given))


def _is_said(sentence, given):
    if sentence.strip(" .:") in given:
        return False
    for text in sorted(given, key=len, reverse=True):
        if " " in text:
            sentence = sentence.replace(text, " ")
    words = re.findall(r"[^\W\d_]{2,}", _CODE.sub(" ", sentence).casefold())
    return any(word not in NAMES for word in words)


def broken(text):
    """What can't be meant: marks of templates, doubled spaces, quotes that don't close."""
    wrong = [match[0] for match in _MARKUP.finditer(text)]
    return wrong + [pair for pair in _PAIRS if text.count(pair[0]) != text.count(pair[1])]


def strays(text, language):
    """Signs of other languages between this one's letters, in lines that are written in them."""
    if language not in _STRAY:
        return set()
    own = [line for line in text.splitlines() if not re.search(r"[^\W\d_]+: [^\x00-\x7f]", line)]
    return {stray[0] for line in own for stray in _STRAY[language].finditer(line)}


async def play_in(language, script, make, text=None):
    """Play a script in `language`, by players that `make` gives for a language; gives the lines
    that looked at what came.
    """
    if language == "en":
        return (await make("en").play(script, text)).looks
    return await Beside(make("en"), make(language), given_in(script, text)).play(script, text)


def given_in(script, text=None):
    """Everything that is typed in a script, or said by a network, and each sentence of it."""
    given = set()
    for _, line, _ in lines_of(script, text):
        if line.startswith(("> ", "@pause ")) and not line.startswith("> ["):
            words = re.sub(r"^(?:> (?:/\w+ ?)?|@pause \w+ )", "", line)
            given |= {words, beginning(words, _LISTED)}
            given |= {sentence.strip(" .:") for sentence in sentences(words)}
    return given - {""}


class Beside:
    """Two players of one script, the second in another language."""

    def __init__(self, english, other, given):
        self.english = english
        self.other = other
        self.given = {
            *given,
            *TEXTS.languages().values(),
            *QUOTED,
            *ALIKE.get(other.language, ()),
        }
        #: what was last pressed here, by what was pressed in English
        self.labels = {}

    async def play(self, script, text=None):
        for number, line, instead in lines_of(script, text):
            with at(f"{self.other.language}: {script.name}:{number}"):
                await self.line(line, instead.get(self.other.language))
        return self.english.looks

    async def line(self, line, instead):
        sign, _, words = line.partition(" ")
        if sign in ("<", "!"):
            await self.english.line(line)
            return
        press = re.fullmatch(r"\[(.+)\]", words) if sign == ">" else None
        theirs = f"[{self.pressed(press[1])}]" if press else instead or words
        await self.english.line(line)
        await self.other.line(f"{sign} {theirs}".rstrip())
        await self.take_the_original()
        self.compare()

    def pressed(self, label):
        """The label of what is pressed here where `label` is pressed in English.

        A press that finds nothing in English must find nothing here.
        """
        terminal, screen = self.english.terminal, self.other.terminal._shown
        number, button = terminal._button(label)
        if button is None:
            return self.labels.get(label, label)
        back = sorted(terminal._shown, reverse=True).index(number)
        rows = screen[sorted(screen, reverse=True)[back]]
        self.labels[label] = self.counterpart(button, terminal._shown[number], rows).label
        return self.labels[label]

    def counterpart(self, button, rows, theirs):
        """The button of `theirs` that does here what `button` of `rows` does in English."""
        buttons = [button for row in theirs for button in row]
        if button.data:
            by_data = {_TOKEN.sub("", b.data or ""): b for b in reversed(buttons)}
            data = _TOKEN.sub("", button.data)
            turned = re.sub(r"[^:~]+", lambda part: self.in_turn(part[0]), data)
            match = by_data.get(turned) or by_data.get(data)
            assert match, f"nothing here does {button.data}: {list(by_data)}"
            return match
        return buttons[[b for row in rows for b in row].index(button)]

    def in_turn(self, part):
        """The language that takes the place of this one, where ours takes that of English."""
        tags = languages()
        if part not in tags:
            return part
        return tags[(tags.index(part) + tags.index(self.other.language)) % len(tags)]

    async def take_the_original(self):
        """A prescribed post is English: elsewhere people choose first between it and our
        translation.
        """
        original = TEXTS.label("original", self.other.language)
        if f"[{original}]" in self.other.said and len(self.other.heard) == 1:
            await self.other.line(f"> [{original}]")

    def compare(self):
        """Hold what came here against what came in English."""
        missing = "\n— against —\n"
        for english, other in zip_longest(self.english.heard, self.other.heard):
            assert None not in (english, other), f"one is missing: {english}{missing}{other}"
            counts = len(_BUTTON.findall(english)), len(_BUTTON.findall(other))
            assert counts[0] == counts[1], f"{counts} buttons: {english}{missing}{other}"
            left = english_left(english, other, self.given)
            assert not left, f"English: {left} in\n{other}"
            wrong = set(broken(other)) - set(broken(english))
            assert not wrong, f"broken: {wrong} in\n{other}"
            stray = strays(other, self.other.language)
            assert stray <= strays(english, self.other.language), f"stray: {stray} in\n{other}"
