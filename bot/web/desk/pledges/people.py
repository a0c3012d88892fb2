"""Who looks after a pledge whose contact nobody can reach: staff invite somebody by a link or a
letter, or make another editor the contact, as in the chat. All else about editors is theirs.
"""

from collections.abc import Mapping
from http import HTTPStatus

from bot import networks
from bot.conversation.pledges.team import listed
from bot.errors import UsageError
from bot.jobs.people import joining
from bot.jobs.pledges import invitations, proposals, team
from bot.model import Channel
from bot.model.pledge import INVITE_DAYS, MOST_EDITORS, STAFF, Pledge
from bot.web.desk.colleague import Colleague
from bot.web.desk.pledges import known
from bot.web.desk.pledges.listed import PATH
from bot.web.desk.site import done, field, numbered
from bot.web.public.reader import Answer, Shown

BELOW = "editors"
"""The last part of the page's path, below that of the pledge."""


def is_unheard(who: Colleague, pledge: Pledge) -> bool:
    """Return whether a pledge has steps, and nobody whom they reach."""
    focal = next((each for each in who.services.store.editors.team(pledge.id) if each.focal), None)
    return pledge.travels and (focal is None or focal.away)


def editors(who: Colleague) -> Shown:
    """Show the editors by number, and what can be done where their contact can't be reached."""
    pledge = known.there(who)
    return known.gone(who) if pledge is None else _page(who, pledge)


def changed(who: Colleague, form: Mapping[str, str]) -> Answer:
    """Make a link that invites one person, write to them, or make another editor the contact.

    Raises `UsageError` where the contact can be reached, or as `bot.jobs.pledges.team`.
    """
    pledge, act = known.there(who), form.get("do", "")
    if pledge is None:
        return known.gone(who)
    if not is_unheard(who, pledge):
        raise UsageError(
            f"pledge {pledge.id}: its contact can be reached, or it has no steps: who looks after"
            " it is its editors' to say",
            "not_theirs",
        )
    if act == "invite":
        return _invited(who, pledge)
    if act == "write":
        _write(who, pledge, field(form, "address"))
        return done(who, "pledge_invited", PATH, str(pledge.id), BELOW)
    _appoint(who, pledge, numbered(field(form, "editor")))
    return done(who, "pledge_appointed", PATH, str(pledge.id))


def _invited(who: Colleague, pledge: Pledge) -> Shown:
    bot = _bot(who)
    if bot is None:
        raise UsageError("an invitation opens the chat with the bot, and here none talks", "no_bot")
    token = team.invite(who.services, pledge.id, STAFF, who.by, who.now)
    return _page(who, pledge, link=team.link(bot, token, group=False))


def _write(who: Colleague, pledge: Pledge, given: str) -> None:
    mail = _mail(who, pledge)
    address = networks.load(mail.network).address(given.strip()) if mail and given.strip() else None
    if address is None:
        raise UsageError("this is no e-mail address", "no_address")
    invitations.send(who.services, pledge, STAFF, who.by, address.lower(), pledge.language, who.now)


def _mail(who: Colleague, pledge: Pledge) -> Channel | None:
    """Return the channel that writes the letter; None where none does."""
    return proposals.channel(who.services, pledge.language)


def _appoint(who: Colleague, pledge: Pledge, person: int) -> None:
    there = who.services.store.editors.team(pledge.id)
    if not any(each.person == person and not each.away for each in there):
        raise UsageError("choose an editor who can be reached; load the page anew", "editor")
    team.appoint(who.services, pledge.id, person, who.by, who.now)


def _bot(who: Colleague) -> str | None:
    """Return the address of our bot while it talks; None where it doesn't."""
    return joining.address(who.services.store) if who.services.talking else None


def _page(who: Colleague, pledge: Pledge, *, link: str = "") -> Shown:
    members = team.members(who.services, pledge.id, None)
    texts = who.services.renderer.chat
    return Shown(
        template="pledge_editors.html",
        title=who.words["editors"]["title"],
        status=HTTPStatus.OK,
        values={
            "editors": [
                {
                    "said": texts.text("pledge_team.editor", who.language, values),
                    "person": member.editor.person,
                    "away": member.editor.away,
                    "number": str(values["number"]),
                }
                for member, values in zip(members, listed(members, me=False), strict=True)
            ],
            "unheard": is_unheard(who, pledge),
            "full": len(members) >= MOST_EDITORS,
            "talks": _bot(who) is not None,
            "mails": _mail(who, pledge) is not None,
            "link": link,
            "days": who.number(INVITE_DAYS),
            "path": known.path(who, pledge),
        },
        trail=known.trail(who, pledge),
    )
