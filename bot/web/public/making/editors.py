"""The editors of a pledge, as one of them sees them: who they are, a new one by an invitation that
works once, another focal point, and who leaves.

All is done by functions that the chat has, too; taking another editor out stands here alone.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus

from bot import networks
from bot.conversation.pledges.look import Member
from bot.conversation.pledges.team import listed
from bot.errors import UsageError
from bot.jobs.people import joining
from bot.jobs.pledges import invitations, proposals, team
from bot.jobs.services import Services
from bot.model.pledge import INVITE_DAYS, MOST_EDITORS, Pledge
from bot.model.staff import Actor
from bot.web.public.making import mine, whose
from bot.web.public.pledges.naming import plain
from bot.web.public.reader import Elsewhere, Reader, Shown

PATH = "editors"

_TOLD = {"hand": "handed_over", "take": "taken_over_unnamed"}
"""What the chat says of what was done."""


def editors(reader: Reader) -> Shown | Elsewhere:
    """Show who edits the pledge; lead others to where it is opened."""
    if reader.visitor is None:
        return Elsewhere(path=reader.path("mine"))
    return _page(reader, whose.theirs(reader))


def changed(reader: Reader, sent: Mapping[str, str]) -> Shown | Elsewhere:
    """Take that an editor invites, hands over, takes over, takes another out or leaves."""
    if reader.visitor is None:
        return mine.page(reader, "over", status=HTTPStatus.FORBIDDEN)
    theirs, what = whose.theirs(reader), sent.get("do", "")
    does = _DOES.get(what)
    if does is None:
        return _page(reader, theirs)
    if what in _ASKED and not sent.get("sure"):
        return _page(reader, theirs, problem=reader.words["mine"]["tick_first"], chosen=sent)
    try:
        return does(reader, theirs, reader.visitor, sent)
    except UsageError:  # somebody else has changed it since the page was shown
        return _page(reader, theirs, problem=reader.words["mine"]["stale"])


_Doing = Callable[[Reader, Pledge, int, Mapping[str, str]], Shown | Elsewhere]


def _mail(reader: Reader, theirs: Pledge, me: int, sent: Mapping[str, str]) -> Shown | Elsewhere:
    """Send an invitation to an address; what is said is the same for each."""
    given, services = sent.get("address", "").strip(), reader.services
    by = proposals.channel(services, reader.language)
    if by is None:
        return _page(reader, theirs, problem=reader.words["mine"]["stale"], typed=given)
    address = networks.load(by.network).address(given) if given else None
    if address is None:
        problem = reader.words["pledging"]["wrong"]["address"]
        return _page(reader, theirs, problem=problem, typed=given, bad_address=True)
    if why := _worn_out(reader, theirs, me):
        return _page(reader, theirs, problem=why, late=True, typed=given)
    invitations.send(
        services, theirs, me, Actor.person(me), address.lower(), reader.language, reader.now
    )
    return _again(reader, theirs, "sent")


def _worn_out(reader: Reader, theirs: Pledge, me: int) -> str:
    """Return why nobody can be invited now, whoever it is; '' where somebody can."""
    if not invitations.may_invite(reader.services, theirs.id, Actor.person(me), reader.now):
        return str(reader.words["editors"]["many"])
    return "" if reader.may_send() else str(reader.words["mine"]["too_many"])


def _link(reader: Reader, theirs: Pledge, me: int, sent: Mapping[str, str]) -> Shown:
    """Show a new invitation's link: only this answer has it."""
    bot, group = _bot(reader), sent.get("for") == "group"
    if bot is None:
        return _page(reader, theirs)
    if why := _worn_out(reader, theirs, me):
        return _page(reader, theirs, problem=why, late=True)
    token = team.invite(reader.services, theirs.id, me, Actor.person(me), reader.now)
    return _page(reader, theirs, link=team.link(bot, token, group=group), group=group)


def _bot(reader: Reader) -> str | None:
    """Return the address of our bot while it talks; None where it doesn't."""
    talks = proposals.TELEGRAM in proposals.ways(reader.services, reader.language)
    return joining.address(reader.services.store) if talks else None


def _hand(reader: Reader, theirs: Pledge, me: int, sent: Mapping[str, str]) -> Shown | Elsewhere:
    other = _other(reader, theirs, me, sent)
    if other is not None and reader.services.store.editors.is_missed(theirs.id, other):
        return _page(reader, theirs, problem=reader.words["editors"]["no_steps"], chosen=sent)
    return _of_other(reader, theirs, other, "hand", team.hand_over)


def _remove(reader: Reader, theirs: Pledge, me: int, sent: Mapping[str, str]) -> Shown | Elsewhere:
    return _of_other(reader, theirs, _other(reader, theirs, me, sent), "out", team.remove)


def _of_other(
    reader: Reader,
    theirs: Pledge,
    other: int | None,
    what: str,
    does: Callable[[Services, int, int, int, datetime], None],
) -> Shown | Elsewhere:
    """Do something to the editor who was chosen, and say so."""
    if other is None:
        return _page(reader, theirs, problem=reader.words["editors"]["choose"])
    does(reader.services, theirs.id, reader.visitor or 0, other, reader.now)
    return _again(reader, theirs, what)


def _take(reader: Reader, theirs: Pledge, me: int, _sent: Mapping[str, str]) -> Shown | Elsewhere:
    if reader.services.store.editors.is_missed(theirs.id, me):
        return _page(reader, theirs, problem=reader.words["editors"]["no_steps_me"])
    team.take_over(reader.services, theirs.id, me, reader.now)
    return _again(reader, theirs, "take")


def _leave(reader: Reader, theirs: Pledge, me: int, _sent: Mapping[str, str]) -> Elsewhere:
    team.leave(reader.services, theirs.id, me, reader.now)
    return Elsewhere(path=reader.path("mine"))


_DOES: Mapping[str, _Doing] = {
    "mail": _mail,
    "link": _link,
    "hand": _hand,
    "out": _remove,
    "take": _take,
    "leave": _leave,
}

_ASKED = frozenset({"hand", "out", "take", "leave"})
"""What is done only once the box is ticked."""


def _other(reader: Reader, theirs: Pledge, me: int, sent: Mapping[str, str]) -> int | None:
    """Return the editor who was chosen; None for who is none of this pledge."""
    people = (editor.person for editor in reader.services.store.editors.team(theirs.id))
    chosen = sent.get("editor", "")
    return next((person for person in people if person != me and str(person) == chosen), None)


def _again(reader: Reader, theirs: Pledge, what: str) -> Elsewhere:
    return Elsewhere(path=f"{_path(reader, theirs)}?said={what}")


def _path(reader: Reader, theirs: Pledge) -> str:
    return reader.path("mine", str(theirs.id), PATH)


def _page(
    reader: Reader,
    theirs: Pledge,
    *,
    problem: str = "",
    late: bool = False,
    chosen: Mapping[str, str] | None = None,
    **values: object,
) -> Shown:
    said, texts = reader.words["editors"], reader.services.renderer.chat
    there = team.members(reader.services, theirs.id, reader.visitor)
    lines = [
        texts.text("pledge_team.editor", texts.spoken(reader.language), each)
        for each in listed(there)
    ]
    leads = any(member.me and member.editor.focal for member in there)
    lost = all(member.editor.away for member in there if member.editor.focal)
    bad = HTTPStatus.TOO_MANY_REQUESTS if late else HTTPStatus.UNPROCESSABLE_ENTITY
    return Shown(
        template="mine_editors.html",
        title=said["title"],
        status=bad if problem else HTTPStatus.OK,
        indexed=False,
        trail=(
            (reader.words["mine"]["title"], reader.path("mine")),
            (
                plain(theirs.name) or reader.words["mine"]["title"],
                reader.path("mine", str(theirs.id)),
            ),
        ),
        values={
            "path": _path(reader, theirs),
            "notice": "" if problem else _notice(reader),
            "problem": problem,
            "lines": lines,
            "groups": _groups(there, lines) if leads else {},
            "chosen": [(chosen or {}).get(name, "") for name in ("do", "editor")],
            "leads": leads,
            "takes": lost and not leads,
            "full": len(there) >= MOST_EDITORS,
            "most": MOST_EDITORS,
            "days": INVITE_DAYS,
            "mails": proposals.channel(reader.services, reader.language) is not None,
            "telegram": _bot(reader) is not None,
            "typed": "",
            "bad_address": False,
            "link": "",
            "group": False,
            **values,
        },
    )


def _groups(there: Sequence[Member], lines: Sequence[str]) -> dict[str, list[tuple[int, str]]]:
    """Return whom the focal point can hand over to, and take out: nothing reaches who is away."""
    others = [(each, line) for each, line in zip(there, lines, strict=True) if not each.me]
    return {
        "hand": [(each.person, line) for each, line in others if not each.editor.away],
        "out": [(each.person, line) for each, line in others],
    }


def _notice(reader: Reader) -> str:
    """Return what was done, in the words of the chat where it has some."""
    what = reader.query.get("said", "")
    return _as_in_chat(reader, _TOLD[what]) if what in _TOLD else _in_own_words(reader, what)


def _as_in_chat(reader: Reader, block: str) -> str:
    texts = reader.services.renderer.chat
    return texts.text(f"pledge_team.{block}", texts.spoken(reader.language), {})


def _in_own_words(reader: Reader, what: str) -> str:
    return str(reader.words["editors"][f"said_{what}"]) if what in ("out", "sent") else ""
