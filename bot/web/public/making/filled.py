"""What somebody typed into the form, judged by the rules by which the chat judges it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from bot import networks
from bot.conversation.pledges.look import PURPOSE
from bot.conversation.pledges.pledge import LONGEST
from bot.gaps import filled as put
from bot.jobs.pledges import proposals
from bot.jobs.texts import documents
from bot.languages import country_name, said_row
from bot.model import Audience
from bot.model.makers import Form, Question
from bot.model.person import NUDGES
from bot.model.pledge import Handle, NewPledge, Proposed
from bot.networks.common.thread import in_thread
from bot.rules import forms
from bot.rules.forms import Why, Wrong
from bot.rules.reading import called, handles, places
from bot.web.public.making.offer import Begun
from bot.web.public.reader import Reader

MOST_TYPED = 6_000
"""Characters of a field beside the answers; more is nothing that anybody writes there."""


@dataclass(frozen=True, kw_only=True)
class Filled:
    """The form as it was sent: what is kept of it, and what is wrong with which field."""

    audience: Audience
    stakeholder: str
    organisation: str
    #: ISO 3166 alpha-2
    country: str | None
    answers: Mapping[str, str]
    handles: tuple[Handle, ...]
    #: the address in its usual form; '' for what is none, and where none is asked for
    address: str
    #: what they agree to, by purpose: the wording
    agreed: Mapping[str, str]
    #: what is wrong, by the name of the field, in the order of the form
    problems: Mapping[str, str] = field(default_factory=dict)

    def proposed(self, reader: Reader) -> Proposed:
        """Return what waits until it is confirmed."""
        new = NewPledge(
            campaign=reader.of.id,
            audience=self.audience,
            stakeholder=self.stakeholder,
            organisation=self.organisation,
            country=self.country,
            language=reader.language,
            answers=self.answers,
        )
        return Proposed(new=new, handles=self.handles, agreed=self.agreed)


def name_of(question: Question, choice: str = "") -> str:
    """Return the name of a question's field; of topics each has its own."""
    return f"t-{question.id}-{choice}" if choice else f"q-{question.id}"


async def ready(reader: Reader) -> None:
    """Have the names of places ready before `read`, which takes most of a second once: in a thread,
    since all others would wait for it.
    """
    services = reader.services
    tags = tuple(services.renderer.tags("public").values())
    await in_thread(partial(places.read_names, tags, services.library.shared.places))


def read(reader: Reader, form: Form, begun: Begun, sent: Mapping[str, str]) -> Filled:
    """Return what was sent, as it would be kept, with what is wrong."""
    reading = _Reading(reader, begun.audience, sent)
    organisation = reading.organisation()
    stakeholder = reading.group()
    country = reading.country()
    answers = dict(reading.answers(form))
    accounts = reading.accounts()
    address = reading.address() if begun.by_mail else ""
    agreed = reading.agreed({PURPOSE: "agree", **({NUDGES: "nudges"} if begun.by_mail else {})})
    return Filled(
        audience=begun.audience,
        stakeholder=stakeholder,
        organisation=organisation,
        country=country,
        answers=answers,
        handles=accounts,
        address=address,
        agreed=agreed,
        problems=reading.problems,
    )


def answers(
    reader: Reader, form: Form, audience: Audience, sent: Mapping[str, str]
) -> tuple[dict[str, str], Mapping[str, str]]:
    """Return the answer to each question of a form that changes a pledge, '' for one that was left
    out, and what is wrong by the name of the field.
    """
    reading = _Reading(reader, audience, sent)
    given = dict(reading.answers(form))
    asked = [question.id for question in form.questions if not question.advice]
    return {each: given.get(each, "") for each in asked}, reading.problems


def accounts(
    reader: Reader, audience: Audience, sent: Mapping[str, str]
) -> tuple[tuple[Handle, ...], Mapping[str, str]]:
    """Return the accounts that were typed, and what is wrong by the name of the field."""
    reading = _Reading(reader, audience, sent)
    return reading.accounts(), reading.problems


class _Reading:
    """Reads one field after the other, and collects what is wrong."""

    def __init__(self, reader: Reader, audience: Audience, sent: Mapping[str, str]) -> None:
        self._reader = reader
        self._audience = audience
        self._sent = sent
        self._words = reader.words["pledging"]["wrong"]
        self.problems: dict[str, str] = {}

    def _wrong(self, name: str, why: str, **values: object) -> None:
        self.problems[name] = put(self._words[why], **values)

    def _numbers(self, **values: int) -> dict[str, str]:
        return {key: self._reader.number(value) for key, value in values.items()}

    def _typed(self, name: str) -> str:
        return forms.clean(self._sent.get(name, ""))

    def organisation(self) -> str:
        if self._audience is Audience.INDIVIDUAL:
            return ""
        name = " ".join(self._typed("organisation").split())
        if not any(mark.isalnum() for mark in name):
            self._wrong("organisation", "empty")
        elif len(name) > LONGEST:
            self._wrong("organisation", "long", **self._numbers(count=len(name), most=LONGEST))
        return name

    def group(self) -> str:
        if self._audience is not Audience.ORGANIZATION:
            return self._audience.word
        group = self._reader.of.groups.get(self._sent.get("group", ""))
        if group is None or group.audience is not Audience.ORGANIZATION:
            self._wrong("group", "choice")
            return ""
        return group.id

    def country(self) -> str | None:
        """Return the country that was typed by its name, or a city of it; None for none."""
        text, reader = self._typed("country"), self._reader
        if not text:
            return None
        near = called.find(
            text[:MOST_TYPED],
            reader.language,
            reader.now,
            also=tuple(reader.services.renderer.tags("public").values()),
            known=reader.services.library.shared.places,
        )
        sure = {place.country for place in near if place.sure and place.country}
        if len(sure) == 1:
            return sure.pop()
        names = dict.fromkeys(
            country_name(place.country, reader.language) for place in near if place.country
        )
        self._wrong(
            "country",
            "country_near" if names else "country",
            names=said_row(names, reader.language),
        )
        return None

    def answers(self, form: Form) -> Iterator[tuple[str, str]]:
        """Yield the answers as they are kept; of questions that come later those that were
        answered.
        """
        for question in form.questions:
            text = self._sent.get(name_of(question), "")
            if question.several:
                marked = (c for c in question.choices if self._sent.get(name_of(question, c)))
                text = " ".join(marked)
            judged = forms.judge(question, text)
            if isinstance(judged, Wrong):
                self._judged(question, judged)
            elif judged.text or not question.later:
                yield question.id, judged.text

    def _judged(self, question: Question, judged: Wrong) -> None:
        over = judged.count - judged.most
        numbers = self._numbers(count=judged.count, most=judged.most, over=over)
        choice = question.choice and judged.why is Why.EMPTY
        self._wrong(name_of(question), "choice" if choice else judged.why.value, **numbers)

    def accounts(self) -> tuple[Handle, ...]:
        text = self._typed("accounts")
        if len(text) > MOST_TYPED:
            self._wrong("accounts", "long", **self._numbers(count=len(text), most=MOST_TYPED))
            return ()
        named, wrong = handles.read(text, documents.shapes(self._reader.services))
        if wrong:
            texts = self._reader.services.renderer.chat
            self.problems["accounts"] = "\n".join(
                texts.text(
                    f"pledge_form.bad_account{'' if each.label else '_network'}",
                    self._reader.language,
                    {"given": each.given, "label": each.label, "example": each.example},
                )
                for each in wrong
            )
        return tuple(named)

    def address(self) -> str:
        by = proposals.channel(self._reader.services, self._reader.language)
        given = self._sent.get("address", "").strip()
        address = networks.load(by.network).address(given) if by and given else None
        if address is None:
            self._wrong("address", "address" if given else "empty")
        return (address or "").lower()

    def agreed(self, wanted: Mapping[str, str]) -> dict[str, str]:
        """Return what they agree to, of purposes with the names of their fields; without consent to
        keep the pledge nothing is kept.
        """
        version = self._reader.words["pledging"]["version"]
        wording = f"{self._reader.language} web {version}"
        if not self._sent.get("agree"):
            self._wrong("agree", "agree")
        return {purpose: wording for purpose, name in wanted.items() if self._sent.get(name)}
