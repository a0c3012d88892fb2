"""Settings: config.toml and the environment become frozen dataclasses, or a list of every problem
in them.

``shapes`` says what the file may hold; ``environment`` finds secrets, which are never in the file.
No message here shows a value that might be one.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from itertools import combinations
from pathlib import Path
from typing import Any

from bot.config import shapes
from bot.config.database import chosen
from bot.config.environment import secrets, variable
from bot.config.mailbox import mailbox
from bot.config.usage import Usage, misread
from bot.config.usage import usage as read_usage
from bot.errors import DataError
from bot.files import limits
from bot.files.opening import is_folder, read_given
from bot.files.toml import read_toml
from bot.model import Audience, Channel, Problem, QuietHours, Secret
from bot.model.database import Where
from bot.model.mail import MailboxAt
from bot.model.staff import Member, StaffRole, Team
from bot.model.webhooks import Webhook
from bot.names import suggest

__all__ = [
    "KEYS_FILE",
    "Alerts",
    "Settings",
    "Usage",
    "database_named",
    "load",
    "secrets",
    "shipped_config",
    "variable",
]

KEYS_FILE = "DRUMBEAT_KEYS_FILE"
"""The variable that names the file of the keys, where they don't lie beside the database."""

_ADVICE = "name another file with --config"

_EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared, never listened at

_OF_ACCOUNT = ("granted_per_second", "paid_broadcast")
"""Keys that say something of the account, and so are the same in all its channels."""


@dataclass(frozen=True, kw_only=True)
class Alerts:
    """The second way on which alarms go out; each value is None where nobody has given it."""

    #: an Apprise URL
    url: Secret | None
    #: pinged each minute while all is well
    heartbeat: Secret | None


DELIVERIES = 400
"""Days for which messages to people are kept one by one, unless config.toml says otherwise: a year,
and time to report on it.
"""


AUDIT = 730
"""Days for which it is kept who did what, unless config.toml says otherwise: a campaign's year, and
one in which somebody may ask about it.
"""


@dataclass(frozen=True, kw_only=True)
class Privacy:
    """What people are told about their data."""

    controller: str
    contact: str
    #: days for which what people tell us is kept
    retention: int
    #: a page with the whole notice
    url: str | None
    #: days after which messages to people that have ended become counts; 0: never
    deliveries: int = DELIVERIES
    #: days for which it is kept who did what
    audit: int = AUDIT


@dataclass(frozen=True, kw_only=True)
class Chat:
    """The bot that people talk to."""

    #: younger people are told where to read on, and nothing is stored about them
    age: int = 16
    #: Telegram user ids of the staff, those of [staff.NAME] included
    staff: tuple[int, ...] = ()
    #: where Telegram can reach us; None: the bot asks for updates itself
    public_url: str | None = None
    #: host:port on which the webhook listens
    listen: str = "127.0.0.1:8080"


@dataclass(frozen=True, kw_only=True)
class Safeguarding:
    """Who hears when somebody writes that a child is in danger."""

    name: str
    #: Telegram user id of that person; None: members of staff with that role are told by mail
    contact: int | None
    #: days for which such a message is kept
    retention: int


@dataclass(frozen=True, kw_only=True)
class Web:
    """The few pages that links in letters lead to."""

    #: as people reach it, without a slash at its end
    public_url: str
    #: host:port on which the pages are served
    listen: str
    #: addresses and networks of proxies that stand elsewhere than on private ones
    proxies: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the operator has decided; paths are made relative to config.toml's folder."""

    #: the config.toml that was read; None where the shipped defaults are used
    file: Path | None
    #: the operator's own roots; the shipped one comes after them
    roots: tuple[Path, ...]
    #: ids of the campaigns that `run` plays
    active: tuple[str, ...]
    database: Where
    #: IANA name of the zone in which the operator's reports are, and channels by default
    zone: str
    quiet: QuietHours
    #: by name, in the order of the file
    channels: Mapping[str, Channel]
    alerts: Alerts
    #: None where nobody has filled it in: a live chat then does not start
    privacy: Privacy | None = None
    chat: Chat = Chat()
    #: None where nobody is named
    safeguarding: Safeguarding | None = None
    #: None where no pages are served; no letters leave then, since their links lead to these
    web: Web | None = None
    #: host:port on which others ask how drumbeat is; None where nothing listens for that
    health: str | None = None
    usage: Usage = field(default_factory=Usage)
    #: whether members of staff with an e-mail address get the report of each month
    monthly: bool = True
    #: ranges of addresses inside our own network where servers of strangers may stand
    private: tuple[str, ...] = ()
    #: folders with further fonts for cards
    fonts: tuple[Path, ...] = ()
    #: the people of [staff.NAME]
    members: tuple[Member, ...] = ()
    #: where reports of letters and answers to them arrive; None where nobody reads them
    mailbox: MailboxAt | None = None
    #: by name, in the order of the file
    webhooks: Mapping[str, Webhook] = field(default_factory=dict)
    #: the file of the keys that DRUMBEAT_KEYS_FILE names; None where it lies beside the database
    keys: Path | None = None
    #: the file that can't be used, in whose place these stand: nothing is known of the channels and
    #: campaigns that it names
    unusable: Path | None = None

    @property
    def chats(self) -> tuple[str, ...]:
        """Return the names of the channels on which people talk with the bot, or will once their
        secrets are there.
        """
        channels = self.channels.values()
        return tuple(c.name for c in channels if c.nudges and c.network == "telegram")

    def team_with(self, added: Iterable[Member]) -> Team:
        """Return who works with the bot, as the four-eyes rule counts them.

        These are the members of [staff.NAME], each further id of [chat] staff, named by itself, and
        those `added` who are none of them. The safeguarding contact has the role of that name.
        """
        named = {member.telegram for member in self.members}
        others = (Member(name=str(id_), telegram=id_) for id_ in self.chat.staff)
        own = Team((*self.members, *(other for other in others if other.telegram not in named)))
        team = Team((*own.members, *(member for member in added if own.twin(member) is None)))
        contact = self.safeguarding.contact if self.safeguarding else None
        return team if contact is None else team.with_contact(contact)


def load(
    path: Path | None, networks: Sequence[str] = (), *, environ: Mapping[str, str] | None = None
) -> tuple[Settings | None, list[Problem]]:
    """Read the settings from this file, or the shipped defaults for None.

    Return the settings, or None and every problem. Raises nothing: an unreadable file is a problem
    too.

    `networks` are the names of all networks there are; where it is empty they aren't checked.
    `environ` (the process's own by default) may give the database, the alerts and the file of the
    keys.
    """
    name = str(path) if path else "config.toml (shipped)"
    table, problems = read_toml(path or shipped_config(), name, advice=_ADVICE)
    if table is None:
        return None, problems
    config, problems = shapes.parse(table, name)
    if not config:
        return None, [*problems, *_unknown_networks(_networks_named(table), name, networks)]
    folder = path.parent if path else Path()
    environ = os.environ if environ is None else environ
    alerts, problems = _alerts(config.alerts, environ)
    database, unfit = chosen(config.database, name, folder, environ)
    problems = [*_cross_checks(config, name, folder, networks), *problems, *unfit]
    if problems:
        return None, problems
    keys = environ.get(KEYS_FILE)
    settings = _settings(config, path, folder, alerts)
    return replace(settings, database=database, keys=Path(keys) if keys else None), []


def database_named(path: Path, environ: Mapping[str, str] | None = None) -> Where:
    """Return where the database is by the environment or this config.toml, whatever else is wrong
    with the file.

    It is for commands that must work in an emergency. Where the file names no database, or can't
    be read, it is the usual name in the file's folder. Raises `DataError` for a URL that is none.
    """
    table, _ = read_toml(path, str(path))
    given = _written(path) if table is None else table.get("database")
    usual = shapes.Config.model_fields["database"].default
    text = given if isinstance(given, str) and given else usual
    where, unfit = chosen(text, str(path), path.parent, os.environ if environ is None else environ)
    if unfit:
        raise DataError(unfit)
    return where


def _written(path: Path) -> str | None:
    """Return the database that a file seems to name before its first table, though it is no TOML.

    None where it names none, or can't be opened.
    """
    try:
        text = read_given(path, limits.MOST_TEXT).decode("utf-8", "replace")
    except OSError:
        return None
    top = re.split(r"^\s*\[", text, maxsplit=1, flags=re.MULTILINE)[0]
    named = re.search(r"""^[ \t]*database[ \t]*=[ \t]*(["'])([^"'\n]+)\1""", top, re.MULTILINE)
    return named[2] if named else None


def shipped_config() -> Path:
    """Return the config.toml that ships with drumbeat: in the wheel, or at a checkout's top."""
    package = Path(__file__).parent.parent
    inside = package / "_shipped" / "config.toml"
    return inside if inside.is_file() else package.parent / "config.toml"


def _networks_named(table: Mapping[str, Any]) -> dict[str, str]:
    """Return the networks by channel, as far as a file with other faults can be read.

    So an unknown network is reported together with those other faults.
    """
    channels = table.get("channels")
    tables = channels.items() if isinstance(channels, dict) else ()
    return {
        name: given
        for name, channel in tables
        if isinstance(channel, dict) and isinstance(given := channel.get("network"), str) and given
    }


def _unknown_networks(
    named: Mapping[str, str], file: str, networks: Sequence[str]
) -> Iterator[Problem]:
    for channel, network in named.items():
        if networks and network not in networks:
            message = f"'{network}' is no network{suggest(network, networks)}"
            yield Problem(file=file, key=f"channels.{channel}.network", message=message)


def _cross_checks(
    config: shapes.Config, name: str, folder: Path, networks: Sequence[str]
) -> Iterator[Problem]:
    for key, given in _folders(config):
        if not is_folder(folder / given):
            message = f"there is no folder {folder / given}; paths are relative to this file"
            yield Problem(file=name, key=key, message=message)
    yield from _unknown_networks(
        {n: channel.network for n, channel in config.channels.items()}, name, networks
    )
    first: dict[str, str] = {}
    for channel_name, channel in config.channels.items():
        other = first.setdefault(channel.account or channel_name, channel_name)
        for key in ("network", "base_url", *_OF_ACCOUNT):
            if getattr(channel, key) != getattr(config.channels[other], key):
                mend = "write the same" if key in _OF_ACCOUNT else "give one another account"
                message = (
                    f"differs from channels.{other}, but both use account"
                    f" '{channel.account or channel_name}'; {mend}"
                )
                yield Problem(file=name, key=f"channels.{channel_name}.{key}", message=message)
    yield from _staff_twice(config, name)
    yield from _nobody_to_tell(config, name)
    yield from _listens_twice(config, name)
    yield from misread(config, name)


def _folders(config: shapes.Config) -> Iterator[tuple[str, str]]:
    """Yield each folder that must be there, by its key."""
    yield from (("roots", root) for root in config.roots)
    yield from (("pictures.fonts", fonts) for fonts in config.pictures.fonts)
    if config.mailbox and config.mailbox.path:
        yield "mailbox.at", config.mailbox.path


def _staff_twice(config: shapes.Config, file: str) -> Iterator[Problem]:
    """Report an id or login that stands under two names: that person would count as two."""
    first: dict[tuple[str, object], str] = {}
    for name, shape in config.staff.items():
        for key, value in shape.model_dump(exclude={"roles"}).items():
            other = first.setdefault((key, value), name) if value is not None else name
            if other != name:
                message = f"stands under staff.{other} already; one person has one name"
                yield Problem(file=file, key=f"staff.{name}.{key}", message=message)


def _nobody_to_tell(config: shapes.Config, file: str) -> Iterator[Problem]:
    """Report a [safeguarding] by which nobody would hear of a child in danger."""
    told = any("safeguarding" in shape.roles and shape.email for shape in config.staff.values())
    if config.safeguarding is not None and config.safeguarding.contact is None and not told:
        message = (
            "names nobody who could be told: give contact, a Telegram id, or a [staff.NAME] with an"
            ' email and the role "safeguarding"'
        )
        yield Problem(file=file, key="safeguarding", message=message)


def _listens_twice(config: shapes.Config, file: str) -> Iterator[Problem]:
    """Report an address at which two things of ours would listen, one of which then couldn't.

    An address that stands for all of the machine (0.0.0.0, [::]) takes a port from all others.
    """
    places = {
        **({"web": config.web.listen} if config.web else {}),
        **({"health": config.health.listen} if config.health else {}),
        # without a public address the bot asks Telegram, and nothing listens
        **({"chat": config.chat.listen} if config.chat.public_url else {}),
    }
    for (first, one), (second, other) in combinations(places.items(), 2):
        (host, _, port), (host_, _, port_) = one.rpartition(":"), other.rpartition(":")
        hosts = {_host(host), _host(host_)}
        if int(port) == int(port_) and (len(hosts) == 1 or hosts & _EVERYWHERE):
            yield Problem(
                file=file,
                key=f"{second}.listen",
                message=f"port {int(port)} is that of {first}.listen already; write another one",
            )


def _host(written: str) -> str:
    """Return a host in the one form that it has, whichever it is written in."""
    name = written.strip("[]").lower()
    try:
        return str(ip_address(name))
    except ValueError:
        return {"localhost": "127.0.0.1"}.get(name, name)


def _settings(config: shapes.Config, path: Path | None, folder: Path, alerts: Alerts) -> Settings:
    members = tuple(_member(name, shape) for name, shape in config.staff.items())
    return Settings(
        file=path,
        roots=tuple(folder / root for root in config.roots),
        active=tuple(config.active),
        database=folder,
        zone=config.zone,
        quiet=QuietHours(start=_minute(config.quiet.start), end=_minute(config.quiet.end)),
        channels={name: _channel(name, shape, config) for name, shape in config.channels.items()},
        alerts=alerts,
        privacy=Privacy(**config.privacy.model_dump()) if config.privacy else None,
        chat=Chat(**{**config.chat.model_dump(), "staff": _chats(config)}),
        safeguarding=(
            Safeguarding(**config.safeguarding.model_dump()) if config.safeguarding else None
        ),
        web=(
            Web(
                public_url=config.web.public_url,
                listen=config.web.listen,
                proxies=tuple(config.web.proxies),
            )
            if config.web
            else None
        ),
        health=config.health.listen if config.health else None,
        usage=read_usage(config.usage),
        monthly=config.results.monthly,
        private=tuple(config.servers.private),
        fonts=tuple(folder / fonts for fonts in config.pictures.fonts),
        members=members,
        mailbox=mailbox(config.mailbox, folder) if config.mailbox else None,
        webhooks={name: _webhook(name, shape) for name, shape in config.webhooks.items()},
    )


def _member(name: str, shape: shapes.StaffShape) -> Member:
    return Member(
        name=name, **shape.model_dump() | {"roles": frozenset(map(StaffRole, shape.roles))}
    )


def member(name: str, keys: Mapping[str, Any], place: str) -> Member:
    """Return the member of staff whom a table [staff.NAME] with these keys would make; raises
    `DataError` with every problem, in which `place` stands for the file.
    """
    config, problems = shapes.parse({"staff": {name: keys}}, place)
    if config is None:
        raise DataError(problems)
    return _member(name, config.staff[name])


def _webhook(name: str, shape: shapes.WebhookShape) -> Webhook:
    return Webhook(name=name, url=shape.url, events=tuple(shape.events), private=shape.private)


def _chats(config: shapes.Config) -> tuple[int, ...]:
    named = [staff.telegram for staff in config.staff.values() if staff.telegram is not None]
    return tuple(dict.fromkeys([*config.chat.staff, *named]))


def _channel(name: str, shape: shapes.ChannelShape, config: shapes.Config) -> Channel:
    return Channel(
        name=name,
        network=shape.network,
        account=shape.account or name,
        base_url=shape.base_url,
        target=shape.target,
        language=shape.language,
        audiences=tuple(Audience[word.upper()] for word in shape.audiences),
        review=shape.approve == "review",
        nudges=shape.nudges,
        posts=shape.posts,
        zone=shape.zone or config.zone,
        minute=_minute(shape.hour),
        per_second=shape.per_second,
        granted_per_second=shape.granted_per_second,
        paid_broadcast=shape.paid_broadcast,
        daily=shape.daily,
        note=shape.note,
        ceiling=shape.ceiling,
        private=tuple(config.servers.private),
        options=dict(shape.options),
    )


def _minute(hour: str) -> int:
    return int(hour[:2]) * 60 + int(hour[3:])


def _alerts(shape: shapes.AlertsShape, environ: Mapping[str, str]) -> tuple[Alerts, list[Problem]]:
    """Return the alerts; what the environment gives goes before what the file says."""
    try:
        known, _ = secrets("alerts", ("url", "heartbeat"), environ)
    except DataError as error:
        return Alerts(url=None, heartbeat=None), list(error.problems)
    given = {key: Secret(value) for key, value in shape.model_dump().items() if value}
    both = given | known
    return Alerts(url=both.get("url"), heartbeat=both.get("heartbeat")), []
