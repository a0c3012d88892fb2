"""Asking the makers of a pledge whose result is public, in steps that work without a script.

::

    age ── too young ► a word of thanks, and nothing is kept
     ▼
    the question, and where the answer goes ── what is wrong stands at its field
     │                └─ it tells of a child in danger ► whom to call, and nothing is kept here;
     │                   ◄ a button that sends it all the same, since it may tell of none
     ▼
    the page of the question, whose address is its asker's alone: what became of it, its end
"""

import secrets
from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException

from bot.conversation.people.ask import LONGEST
from bot.conversation.people.start import RESULT
from bot.errors import StoreError
from bot.gaps import filled
from bot.jobs.people import joining
from bot.jobs.staff.questions import peers
from bot.jobs.texts import letters
from bot.model.public import PublicPledge
from bot.rules import forms
from bot.rules.reading import handles
from bot.text import visible
from bot.web.public import danger
from bot.web.public.danger import TRAP, Again
from bot.web.public.making.fields import Field
from bot.web.public.pledges import one, sent
from bot.web.public.pledges.naming import plain, who
from bot.web.public.reader import Elsewhere, Reader, Shown

MOST_BYTES = 60_000
"""Bytes of the form: two thousand characters of any script, every byte as %XX, and an address."""

PATH = "ask"
"""The page's path behind its pledge."""

_WRONG = HTTPStatus.UNPROCESSABLE_ENTITY
_ANYWAY = "anyway"
"""The name of what says that a question is sent though it tells of danger."""


def link(reader: Reader, pledge: PublicPledge) -> str:
    """Return the path at which the makers of a pledge are asked; '' where they can't be."""
    if not reader.takes or not peers.is_asked(reader.services, pledge):
        return ""
    there = _channel(reader) is not None or chat(reader, pledge)
    return reader.here("pledges", str(pledge.number), PATH) if there else ""


def chat(reader: Reader, pledge: PublicPledge) -> str:
    """Return the link at which the same is asked in the chat; '' for none."""
    services = reader.services
    bot = joining.address(services.store) if services.talking else None
    return f"{bot}?start={RESULT}{pledge.number}" if bot else ""


def ask(reader: Reader) -> Shown:
    """Show the question about age, or the form to who has answered it. Raises `HTTPException` 404
    where the makers can't be asked, 410 for a pledge that is gone.
    """
    pledge = _asked(reader)
    if reader.query.get("age") == "no":
        return _page(reader, pledge, "young", age=reader.services.settings.chat.age)
    if reader.query.get("age") == "yes":
        return _form(reader, pledge, {}, {})
    return _first(reader, pledge, wrong="age" in reader.query)


def written(reader: Reader, form: Mapping[str, str]) -> Shown | Elsewhere:
    """Keep the question, or show what is wrong with it; raises as `ask`."""
    pledge = _asked(reader)
    if form.get("age") != "yes":
        return _first(reader, pledge, wrong=True)
    text = visible(forms.clean(form.get("text", "")))
    address = handles.email(form.get("address", ""))
    if not form.get(_ANYWAY) and peers.tells_of_danger(reader.services, text, reader.language):
        return _helped(reader, pledge, text, form)
    said, problems = reader.words["asking"], dict[str, str]()
    if not 0 < len(text) <= LONGEST:
        problems["text"] = filled(said["wrong_text"], most=reader.number(LONGEST))
    if address is None:
        problems["address"] = said["wrong_address"]
    if form.get(TRAP):
        problems[TRAP] = reader.words["danger"]["trap"]
    if problems or address is None:
        return _form(reader, pledge, form, problems)
    return _kept(reader, pledge, text, address, form)


def _helped(reader: Reader, pledge: PublicPledge, text: str, form: Mapping[str, str]) -> Shown:
    """Return whom to call, with the way to send the question all the same."""
    said = reader.words["asking"]
    sent = {name: form.get(name, "") for name in ("age", "text", "address", "shares", TRAP)}
    again = Again(
        path=f"{reader.here('pledges', str(pledge.number))}/{PATH}",
        fields={name: value for name, value in sent.items() if value} | {_ANYWAY: "yes"},
        label=said["anyway"],
    )
    return danger.of(reader, text, said["danger"], again)


def _kept(
    reader: Reader, pledge: PublicPledge, text: str, address: str, form: Mapping[str, str]
) -> Shown | Elsewhere:
    """Keep it and lead to its page; show the form where that can't be."""
    services, said, secret = reader.services, reader.words["asking"], secrets.token_urlsafe(16)
    channel = _channel(reader)
    if channel is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    contact = address if form.get("shares") else ""
    channel, address = peers.home(services, channel, address)
    try:
        full = peers.is_full(services, pledge.number, channel, address, reader.now)
        if full or not reader.may_send():
            status = HTTPStatus.TOO_MANY_REQUESTS
            return _form(reader, pledge, form, {}, problem=said["too_many"], status=status)
        peers.ask(
            services,
            pledge.number,
            channel,
            address,
            reader.language,
            text,
            reader.now,
            contact=contact,
            secret=secret,
        )
    except StoreError:
        status = HTTPStatus.SERVICE_UNAVAILABLE
        return _form(reader, pledge, form, {}, problem=said["not_kept"], status=status)
    return Elsewhere(path=f"{reader.here('pledges', sent.MINE, secret)}?sent=yes")


def _asked(reader: Reader) -> PublicPledge:
    pledge = one.asked(reader)
    if not link(reader, pledge):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return pledge


def _channel(reader: Reader) -> int | None:
    """Return the id of the channel by which answers go to people by letter; None without one."""
    channel = letters.mail_channel(reader.services, reader.language)
    return reader.services.channel_ids.get(channel.name) if channel else None


def _first(reader: Reader, pledge: PublicPledge, *, wrong: bool) -> Shown:
    """Return the question about age; with what lacks, where somebody went on without an answer.
    Where no letter could bring an answer, the way into the chat alone.
    """
    values = reader.asking_age(missing=wrong) if _channel(reader) is not None else _NOTHING
    return _page(reader, pledge, "who", chat=chat(reader, pledge), **values)


_NOTHING: Mapping[str, object] = {"age": "", "problems": ()}
"""What the page has of a question about age that isn't asked."""


def _form(
    reader: Reader,
    pledge: PublicPledge,
    form: Mapping[str, str],
    wrong: Mapping[str, str],
    *,
    problem: str = "",
    status: int = HTTPStatus.OK,
) -> Shown:
    said = reader.words["asking"]
    labels = {
        "text": said["text"],
        "address": said["address"],
        TRAP: reader.words["danger"]["trap"],
    }
    fields = [
        Field(
            name=name,
            kind=kind,
            label=said[name],
            help=(said[f"{name}_help"],),
            value=form.get(name, ""),
            required=True,
            problem=wrong.get(name, ""),
            autocomplete=complete,
        )
        for name, kind, complete in (("text", "text", ""), ("address", "mail", "email"))
    ]
    return _page(
        reader,
        pledge,
        "form",
        status=_WRONG if wrong else status,
        problems=[(name, labels[name], why) for name, why in wrong.items()],
        problem=problem,
        fields=fields,
        sent=form,
        wrong=wrong,
        trap=TRAP,
        consent=_consent(reader),
    )


def _consent(reader: Reader) -> str:
    """Return what is kept and why, as it is agreed to by sending the form."""
    privacy = reader.services.settings.privacy
    return filled(
        reader.words["asking"]["consent"],
        days=reader.number(privacy.retention if privacy else 0),
        **reader.answerable,
    )


def _page(
    reader: Reader,
    pledge: PublicPledge,
    step: str,
    *,
    status: int = HTTPStatus.OK,
    **values: object,
) -> Shown:
    said, name = reader.words["asking"], plain(pledge.name)
    there = reader.here("pledges", str(pledge.number))
    return Shown(
        template="asking.html",
        title=said["title"],
        status=_WRONG if values.get("problems") else status,
        indexed=False,
        trail=((reader.words["pledges"]["title"], reader.here("pledges")), (name, there)),
        values={
            "step": step,
            "path": f"{there}/{PATH}",
            "about": filled(said["about"], name=name, who=who(reader, pledge)),
            "asked": name,
            **values,
        },
    )
