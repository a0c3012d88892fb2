"""The shapes of config.toml's tables, and plain words for what doesn't fit them."""

import re
from collections.abc import Mapping
from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import Annotated, Any, Final, Literal, Self, TypeVar, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from bot.config.mailbox import MailboxShape
from bot.domains import url_on_the_wire
from bot.files.shapes import Shape, Wording, fit
from bot.languages import is_tag
from bot.model import Problem
from bot.names import suggest
from bot.rules.reading.handles import email
from bot.times import MOST_DAYS, zone_names

_LOOKS_SECRET: Final = re.compile(
    r"token|secret|password|passwd|api_?key|credential", re.IGNORECASE
)

_LAST_PORT: Final = 65_535

_MOST_MINUTES: Final = 366 * 24 * 60
"""A year."""

_A_DAY: Final = 86_400

_MOST_A_SECOND: Final = 100_000
"""More than any machine sends."""

_MOST_COUNTED: Final = 1_000_000_000
"""More messages, or dollars, than anybody counts in a day or a month."""

_MOST_AGE: Final = 120

_MOST_ID: Final = 2**52
"""Ids of people and chats at Telegram have no more than 52 bits (Bot API, type User)."""


def _check_zone(zone: str) -> str:
    if zone not in zone_names():
        raise ValueError(
            f"'{zone}' is no IANA time"
            f" zone{suggest(zone, zone_names()) or '; write it like Europe/Paris'}"
        )
    return zone


def _check_hour(hour: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", hour):
        raise ValueError(
            f"'{hour}' is no time of day; write it like \"09:00\", from 00:00 to 23:59"
        )
    return hour


def _check_language(tag: str) -> str:
    if not is_tag(tag):
        raise ValueError(f"'{tag}' is no language tag; write it like en, pt-BR or zh-Hant")
    return tag


def _check_name(name: str) -> str:
    # names become parts of environment variables; without '_' no two of them become the same
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise ValueError(
            f"'{name}' is no name; use small letters, digits and '-', like telegram-fr"
        )
    if name == "alerts":
        raise ValueError("the name 'alerts' is taken: DRUMBEAT_ALERTS_URL belongs to [alerts]")
    if name.partition("-")[0] == "webhook":
        raise ValueError("names with 'webhook' are taken: DRUMBEAT_WEBHOOK_… belongs to [webhooks]")
    return name


def _check_url(url: str) -> str:
    if not re.match(r"https?://[^/\s]+", url):
        raise ValueError("must start with https:// (or http://) and a host")
    return url.rstrip("/")


def _check_mail(given: str) -> str:
    address = email(given)
    if address is None:
        raise ValueError(f"'{given}' is no e-mail address; write it like anna@example.org")
    return address


def _check_public(url: str) -> str:
    """Return the address in ASCII, as headers of letters and Telegram take it."""
    plain = _check_url(url)
    try:
        written = url_on_the_wire(plain)
    except ValueError:
        written = ""
    if not written or "?" in plain or "#" in plain:
        raise ValueError(
            "is no address under which pages could be; write it like https://host or"
            " https://host/path"
        )
    return written


def _check_told(url: str) -> str:
    """Return the address of a webhook with its host as servers take it."""
    _check_url(url)
    try:
        # with the slash at its end, which means another address to some servers
        written = url_on_the_wire(url)
    except ValueError:
        raise ValueError("is no address; write it like https://host/path") from None
    if "@" in urlsplit(written).netloc or "#" in written:
        raise ValueError("must hold no login and no '#'; write it like https://host/path")
    return written


def _check_listen(place: str) -> str:
    parts = re.fullmatch(r"(?:[^\s:\[\]]+|\[[0-9A-Fa-f:.]+\]):([0-9]{1,5})", place)
    if parts is None:
        raise ValueError(
            f"'{place}' is no host and port; write it like 127.0.0.1:8080 or [::1]:8080"
        )
    if not 1 <= int(parts[1]) <= _LAST_PORT:
        raise ValueError(f"'{place}' has no port that there is; they go from 1 to {_LAST_PORT}")
    return place


def _check_pace(rate: float) -> float:
    if not rate > 0:  # nor is what is no number
        raise ValueError("must be greater than 0")
    if rate * _A_DAY < 1:
        raise ValueError(
            f"is less than one message a day; it says how many leave in one second, such as 0.5 (at"
            f" least {1 / _A_DAY:.7f}), and `daily` how many in a day"
        )
    if rate > _MOST_A_SECOND:
        raise ValueError(f"must be {_MOST_A_SECOND} or less")
    return rate


def _check_range(written: str) -> str:
    try:
        ip_network(written, strict=False)
    except ValueError:
        raise ValueError(
            f"'{written}' is no range of addresses; write it like 10.1.0.0/16, or one address like"
            " 10.1.2.3"
        ) from None
    return written


_Word = TypeVar("_Word", str, int)


def _check_once(words: list[_Word]) -> list[_Word]:
    for word in sorted({word for word in words if words.count(word) > 1}):
        raise ValueError(f"'{word}' stands there twice")
    return words


_Zone = Annotated[str, AfterValidator(_check_zone)]
_Hour = Annotated[str, AfterValidator(_check_hour)]
_Range = Annotated[str, AfterValidator(_check_range)]
_Pace = Annotated[float, AfterValidator(_check_pace)]
"""Messages a second."""
_Count = Annotated[int, Field(ge=1, le=_MOST_COUNTED)]
_Id = Annotated[int, Field(ge=1, le=_MOST_ID)]
_Text = Annotated[str, Field(min_length=1)]
_Url = Annotated[str, AfterValidator(_check_url)]
_PublicUrl = Annotated[str, AfterValidator(_check_public)]
_RoleWord = Literal["reader", "writer", "approver", "admin", "safeguarding"]
_AudienceWord = Literal["individual", "organization", "country", "region"]
_EventWord = Literal[
    "post.sent",
    "post.failed",
    "post.uncertain",
    "pledge.submitted",
    "pledge.published",
    "step.done",
    "alarm",
]
"""The values of `bot.model.webhooks.HookKind`."""


class QuietShape(Shape):
    """The table [quiet]: local hours between which no nudge leaves."""

    start: Annotated[_Hour, Field(alias="from")] = "21:00"
    end: Annotated[_Hour, Field(alias="to")] = "08:00"


class AlertsShape(Shape):
    """The table [alerts]: the second way for alarms; both values are secrets."""

    url: _Text | None = None
    heartbeat: _Url | None = None


class ChannelShape(Shape):
    """A table [channels.NAME]; `bot.model.Channel` says what each key means."""

    network: _Text
    language: Annotated[str, AfterValidator(_check_language)]
    base_url: _Url | None = None
    account: Annotated[str, AfterValidator(_check_name)] | None = None
    target: _Text | None = None
    audiences: Annotated[list[_AudienceWord], AfterValidator(_check_once)] = Field(
        ["individual", "organization", "country", "region"]
    )
    approve: Literal["auto", "review"] = "review"
    nudges: bool = False
    posts: bool = True
    zone: _Zone | None = None
    hour: _Hour = "09:00"
    per_second: _Pace | None = None
    granted_per_second: _Pace | None = None
    paid_broadcast: bool = False
    daily: _Count | None = None
    note: str = ""
    ceiling: float | None = Field(None, ge=0, le=_MOST_COUNTED)
    # each network says which options it has; `bot.networks.problems` reports the others
    options: dict[str, _Text] = Field({})


_SOONEST = 60
"""Fewest days for which messages to people are kept: nothing of the running plan is older."""


def _check_deliveries(days: int) -> int:
    if days != 0 and days < _SOONEST:
        raise ValueError(
            f"must be {_SOONEST} days or more, since buttons and reports need them so long, or 0 to"
            " keep all"
        )
    return days


class PrivacyShape(Shape):
    """The table [privacy]: what people are told about their data; a live chat needs it."""

    controller: _Text
    contact: _Text
    #: days for which what people tell us is kept
    retention: Annotated[int, Field(ge=1, le=MOST_DAYS)] = 365
    #: a page with the whole notice
    url: _Url | None = None
    #: days after which messages to people that have ended become counts; 0: never
    deliveries: Annotated[int, Field(le=MOST_DAYS), AfterValidator(_check_deliveries)] = 400
    #: days for which it is kept who did what
    audit: Annotated[int, Field(ge=30, le=MOST_DAYS)] = 730


class ChatShape(Shape):
    """The table [chat]: the bot that people talk to."""

    age: Annotated[int, Field(ge=1, le=_MOST_AGE)] = 16
    #: Telegram ids of the people who work with it
    staff: Annotated[list[_Id], AfterValidator(_check_once)] = Field([])
    #: https address under which Telegram can reach us; without it the bot asks for updates itself
    public_url: _PublicUrl | None = None
    #: host and port on which the webhook listens
    listen: Annotated[str, AfterValidator(_check_listen)] = "127.0.0.1:8080"


class StaffShape(Shape):
    """A table [staff.NAME]: one person who works with the bot, by the names they act under."""

    #: their Telegram id; they are staff in the chat, as if it stood in [chat] staff
    telegram: _Id | None = None
    #: their login at the command line
    login: _Text | None = None
    #: where links that open the desk go
    email: Annotated[str, AfterValidator(_check_mail)] | None = None
    #: what they may do
    roles: Annotated[list[_RoleWord], Field(min_length=1), AfterValidator(_check_once)] = Field(
        ["admin"]
    )

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if self.telegram is None and self.login is None and self.email is None:
            raise ValueError("names nobody; give telegram, login or email")
        return self


class SafeguardingShape(Shape):
    """The table [safeguarding]: who hears when somebody writes that a child is in danger."""

    #: name of the person, as people are told
    name: _Text
    #: their Telegram id; without it, members of staff with the role safeguarding are told by mail
    contact: _Id | None = None
    #: days that such a message is kept
    retention: Annotated[int, Field(ge=1, le=MOST_DAYS)] = 30


class UsageShape(Shape):
    """The table [usage]: where hashtag usage is collected.

    `bot.config.Usage` says what each key means.
    """

    #: minutes between two collections
    interval: int = Field(60, ge=5, le=_MOST_MINUTES)
    #: minutes between two collections on X; as `interval` where it isn't given
    x_interval: int | None = Field(None, ge=5, le=_MOST_MINUTES)
    mastodon: Annotated[list[_Url], AfterValidator(_check_once)] = Field([])
    bluesky: _Text | None = None
    x: _Text | None = None
    #: keep posts with a campaign's hashtag that ask something, for staff
    questions: bool = False


class ResultsShape(Shape):
    """The table [results]: what people did with our posts."""

    #: members of staff with an e-mail address get the report of each month
    monthly: bool = True


class WebShape(Shape):
    """The table [web]: the pages that links in letters lead to; without it no letter leaves."""

    #: https address under which people reach it
    public_url: _PublicUrl
    #: host and port on which it listens
    listen: Annotated[str, AfterValidator(_check_listen)] = "127.0.0.1:8087"
    #: addresses and networks of proxies beside private ones
    proxies: Annotated[list[_Range], AfterValidator(_check_once)] = Field([])


class HealthShape(Shape):
    """The table [health]: the port on which others ask how drumbeat is."""

    #: host and port on which it listens
    listen: Annotated[str, AfterValidator(_check_listen)] = "127.0.0.1:8088"


class PicturesShape(Shape):
    """The table [pictures]: what cards are made with."""

    #: folders with fonts, for what isn't written in Latin, Greek or Cyrillic letters
    fonts: Annotated[list[_Text], AfterValidator(_check_once)] = Field([])


class ServersShape(Shape):
    """The table [servers]: where servers that strangers name may stand."""

    #: ranges of addresses inside our own network where they may stand
    private: Annotated[list[_Range], AfterValidator(_check_once)] = Field([])


class WebhookShape(Shape):
    """A table [webhooks.NAME]: an address that is told what happens."""

    url: Annotated[str, AfterValidator(_check_told)]
    #: what it is told of
    events: Annotated[list[_EventWord], Field(min_length=1), AfterValidator(_check_once)] = Field(
        list(get_args(_EventWord))
    )
    #: it may stand inside our own network
    private: bool = False

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.private:
            return self
        if not self.url.startswith("https://"):
            raise ValueError(
                "url must start with https://; http:// is for your own network: private = true"
            )
        if _is_inside(urlsplit(self.url).hostname or ""):
            raise ValueError(
                "url leads into your own network; where that is meant, write private = true"
            )
        return self


def _is_inside(host: str) -> bool:
    """Return whether a host is one of our own network by what is written alone."""
    try:
        return not ip_address(host).is_global
    except ValueError:
        return host.rpartition(".")[2] == "localhost"


class Config(Shape):
    """Everything that config.toml may hold."""

    roots: Annotated[list[_Text], AfterValidator(_check_once)] = Field([])
    active: Annotated[list[_Text], AfterValidator(_check_once)] = Field([])
    database: _Text = "drumbeat.db"
    zone: _Zone = "UTC"
    quiet: QuietShape = Field(default_factory=lambda: QuietShape.model_validate({}))
    channels: dict[Annotated[str, AfterValidator(_check_name)], ChannelShape] = Field({})
    alerts: AlertsShape = AlertsShape()
    privacy: PrivacyShape | None = None
    chat: ChatShape = Field(default_factory=lambda: ChatShape.model_validate({}))
    staff: dict[Annotated[str, AfterValidator(_check_name)], StaffShape] = Field({})
    safeguarding: SafeguardingShape | None = None
    web: WebShape | None = None
    health: HealthShape | None = None
    pictures: PicturesShape = Field(default_factory=lambda: PicturesShape.model_validate({}))
    servers: ServersShape = Field(default_factory=lambda: ServersShape.model_validate({}))
    usage: UsageShape = Field(default_factory=lambda: UsageShape.model_validate({}))
    results: ResultsShape = Field(default_factory=lambda: ResultsShape.model_validate({}))
    mailbox: MailboxShape | None = None
    webhooks: dict[Annotated[str, AfterValidator(_check_name)], WebhookShape] = Field({})


def parse(table: Mapping[str, Any], name: str) -> tuple[Config | None, list[Problem]]:
    """Return config.toml's table in its shapes, or None, and a problem for all that doesn't fit.

    `name` is the file's name in the problems, which show no value that may be a secret.
    """
    config, problems = fit(Config, table, name, _WORDING)
    return (None if problems else config), [_discreet(problem) for problem in problems]


# A value in config.toml may be a secret in the wrong place. So none is shown, except where one of
# a few words was to be chosen.
_WORDING: Final[Wording] = {
    "extra_forbidden": "unknown key{near}",
    "missing": "is missing; every {table} needs it",
    "string_too_short": "must not be empty; leave the key out instead",
    "too_short": "must not be empty; leave the key out instead",
    "literal_error": "{given} is not one of {expected}{nearest}",
    "string_type": "must be text in quotes",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "list_type": "must be a list in brackets",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "greater_than": "must be greater than {gt:g}",
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
    "value_error": "{error}",
    "other": "{problem}",
}


def _discreet(problem: Problem) -> Problem:
    """Return the problem; for an unknown key that looks like a secret, with where that belongs."""
    key = problem.key.rpartition(".")[2]
    if not (problem.message.startswith("unknown key") and _LOOKS_SECRET.search(key)):
        return problem
    return replace(
        problem,
        message="unknown key; a secret doesn't belong in this file: put it into the environment"
        " (`drumbeat doctor` names the variables)",
    )
