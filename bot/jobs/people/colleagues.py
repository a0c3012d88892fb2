"""What there is to say of who is named as staff, and as safeguarding contact."""

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from bot.config import Settings
from bot.model.staff import Member, StaffRole

_NUMBER = "their number on Telegram is what the bot answers to /id"

TWICE = (
    "the member of staff '{name}' of `drumbeat staff` stands in {place} of config.toml, too, by"
    " name, chat, login or address; what stands there counts: `drumbeat staff remove {name}`"
)

NO_STAFF = (
    "nobody is named as staff, so that approvals, questions and alarms reach nobody in the chat:"
    f" write who works with the bot into `[chat] staff`; {_NUMBER}"
)

NO_CONTACT = (
    "nobody is named under [safeguarding], so that what people write about a child in danger can't"
    f" be passed on: fill it in with name and contact; {_NUMBER}"
)


UNSAFE = (
    "the desk stays shut, and with it the API for programs of staff and links for clearance:"
    " {place} can be reached from other machines, and public_url begins with http://, so that"
    " whoever listens on the way could take a session, a token or a link; put TLS in front and"
    " write https:// (docs/operations.md), or have both listen and public_url on 127.0.0.1"
)


def unsafe(settings: Settings) -> str:
    """Return why nothing secret of staff may be taken at this place, or ''.

    Who can listen on the way would have the cookie of a session, the token of a program or the link
    of a clearance: so it needs TLS, or nobody between the browser and this machine.
    """
    web = settings.web
    if web is None or web.public_url.startswith("https:"):
        return ""
    # a proxy without TLS before an address of this machine is as open as that address would be
    named = urlsplit(web.public_url).hostname or ""
    places = {web.listen: web.listen.rpartition(":")[0].strip("[]"), named: named}
    place = next((place for place, host in places.items() if not _is_loopback(host)), None)
    return "" if place is None else UNSAFE.format(place=place)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def place(name: str) -> str:
    """Return where config.toml names a member of staff: in a table of their own, or by their chat
    alone.
    """
    return "[chat] staff" if name.isdecimal() else f"[staff.{name}]"


def twins(settings: Settings, added: Iterable[Member]) -> Iterator[tuple[str, str]]:
    """Yield who of `drumbeat staff`, by name, stands in config.toml, too, and what is wrong."""
    own = settings.team_with(())
    for member in added:
        if (twin := own.twin(member)) is not None:
            yield member.name, TWICE.format(name=member.name, place=place(twin.name))


def sentences(
    settings: Settings, added: Iterable[Member], chats: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Yield what each sentence is about, and the sentence.

    `added` are those of `drumbeat staff`. `chats` are the channels on which people talk with the
    bot, the first of which a sentence is about where nobody is named whom it could tell.
    """
    added = tuple(added)
    if settings.web is not None and settings.team_with(added).members and unsafe(settings):
        yield settings.web.listen, unsafe(settings)
    staff = settings.team_with(added).chats.values()
    if chats and not any(member.may(StaffRole.READER) for member in staff):
        yield chats[0], NO_STAFF
    if chats and settings.safeguarding is None:
        yield chats[0], NO_CONTACT
