"""The shapes of config.toml, and in plain words what doesn't fit them."""

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any, Final, Literal, TypeVar
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from bot.languages import is_tag
from bot.model import Problem

_LOOKS_SECRET: Final = re.compile(
    r"token|secret|password|passwd|api_?key|credential", re.IGNORECASE
)


def suggest(word: str, known: Iterable[str]) -> str:
    """Give '; did you mean …?', or else '.

    There are: …' where the choice is small, or else nothing.
    """
    options = sorted(known)
    near = get_close_matches(word, options, n=1, cutoff=0.6)
    if near:
        return f"; did you mean '{near[0]}'?"
    # what fits a line
    return f"; there are: {', '.join(options)}" if 0 < len(options) <= 20 else ""  # noqa: PLR2004


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _check_zone(zone: str) -> str:
    if zone not in _zones():
        raise ValueError(
            f"'{zone}' is no IANA time"
            f" zone{suggest(zone, _zones()) or '; write it like Europe/Paris'}"
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
    return name


def _check_url(url: str) -> str:
    if not re.match(r"https?://[^/\s]+", url):
        raise ValueError("must start with https:// (or http://) and a host")
    return url.rstrip("/")


def _check_listen(place: str) -> str:
    if not re.fullmatch(r"[^\s:]+:\d{1,5}", place):
        raise ValueError(f"'{place}' is no host and port; write it like 127.0.0.1:8080")
    return place


_Word = TypeVar("_Word", str, int)


def _check_once(words: list[_Word]) -> list[_Word]:
    for word in sorted({word for word in words if words.count(word) > 1}):
        raise ValueError(f"'{word}' stands there twice")
    return words


_Zone = Annotated[str, AfterValidator(_check_zone)]
_Hour = Annotated[str, AfterValidator(_check_hour)]
_Text = Annotated[str, Field(min_length=1)]
_Url = Annotated[str, AfterValidator(_check_url)]
_AudienceWord = Literal["individual", "organization", "country", "region"]


class Shape(BaseModel):
    """What all tables share: no unknown keys, no guessing of types."""

    model_config = ConfigDict(extra="forbid", strict=True)


class QuietShape(Shape):
    """[quiet]: local hours in which no nudge leaves."""

    start: Annotated[_Hour, Field(alias="from")] = "21:00"
    end: Annotated[_Hour, Field(alias="to")] = "08:00"


class AlertsShape(Shape):
    """[alerts]; both values are secrets."""

    url: _Text | None = None
    heartbeat: _Url | None = None


class ChannelShape(Shape):
    """[channels.NAME]; `bot.model.Channel` says what each key means."""

    network: _Text
    language: Annotated[str, AfterValidator(_check_language)]
    base_url: _Url | None = None
    account: Annotated[str, AfterValidator(_check_name)] | None = None
    target: _Text | None = None
    audiences: Annotated[list[_AudienceWord], AfterValidator(_check_once)] = [
        "individual",
        "organization",
        "country",
        "region",
    ]
    approve: Literal["auto", "review"] = "review"
    nudges: bool = False
    posts: bool = True
    zone: _Zone | None = None
    hour: _Hour = "09:00"
    per_second: float | None = Field(None, gt=0, allow_inf_nan=False)
    daily: int | None = Field(None, ge=1)
    note: str = ""
    ceiling: float | None = Field(None, ge=0, allow_inf_nan=False)
    # which there are is the network's to say: `bot.networks.problems`
    options: dict[str, _Text] = {}


class PrivacyShape(Shape):
    """[privacy]: what people are told about their data; a live chat needs it."""

    controller: _Text
    contact: _Text
    #: days
    retention: Annotated[int, Field(ge=1)] = 365
    #: a page with the whole notice
    url: _Url | None = None


class ChatShape(Shape):
    """[chat]: the bot that people talk to."""

    age: Annotated[int, Field(ge=1)] = 16
    #: Telegram ids of the people who work with it
    staff: Annotated[list[int], AfterValidator(_check_once)] = []
    #: https address under which Telegram can reach us; without it the bot asks for updates itself
    public_url: _Url | None = None
    #: host and port on which the webhook listens
    listen: Annotated[str, AfterValidator(_check_listen)] = "127.0.0.1:8080"


class SafeguardingShape(Shape):
    """[safeguarding]: who hears when somebody writes that a child is in danger."""

    #: name of the person, as people are told
    name: _Text
    #: their Telegram id
    contact: int
    #: days that such a message is kept
    retention: Annotated[int, Field(ge=1)] = 30


class UsageShape(Shape):
    """[usage]: where hashtag usage is collected; `bot.config.Usage` says what each key means."""

    #: minutes
    interval: int = Field(60, ge=5)
    #: minutes
    x_interval: int | None = Field(None, ge=5)
    mastodon: Annotated[list[_Url], AfterValidator(_check_once)] = []
    bluesky: _Text | None = None
    x: _Text | None = None


class WebShape(Shape):
    """[web]: the few pages that links in letters lead to; without it none leaves."""

    #: https address under which people reach it
    public_url: _Url
    #: host and port on which it listens
    listen: Annotated[str, AfterValidator(_check_listen)] = "127.0.0.1:8087"


class Config(Shape):
    """Everything that config.toml may hold."""

    roots: Annotated[list[_Text], AfterValidator(_check_once)] = []
    active: Annotated[list[_Text], AfterValidator(_check_once)] = []
    database: _Text = "drumbeat.db"
    zone: _Zone = "UTC"
    quiet: QuietShape = Field(default_factory=lambda: QuietShape.model_validate({}))
    channels: dict[Annotated[str, AfterValidator(_check_name)], ChannelShape] = {}
    alerts: AlertsShape = AlertsShape()
    privacy: PrivacyShape | None = None
    chat: ChatShape = ChatShape()
    safeguarding: SafeguardingShape | None = None
    web: WebShape | None = None
    usage: UsageShape = Field(default_factory=lambda: UsageShape.model_validate({}))


def parse(table: dict[str, Any], name: str) -> tuple[Config | None, list[Problem]]:
    """Fit the table into its shapes; `name` is the file's name for the problems."""
    try:
        return Config.model_validate(table), []
    except ValidationError as error:
        # an error's own words would show the input; ours never do
        details = error.errors(include_url=False, include_context=True)
        return None, [
            Problem(file=name, key=_key(detail["loc"]), message=_words(detail))
            for detail in details
        ]


_TABLES: Final[Mapping[str, type[Shape]]] = {
    "channels": ChannelShape,
    "quiet": QuietShape,
    "alerts": AlertsShape,
    "privacy": PrivacyShape,
    "chat": ChatShape,
    "safeguarding": SafeguardingShape,
    "web": WebShape,
    "usage": UsageShape,
}


def _key(loc: tuple[int | str, ...]) -> str:
    return ".".join(part for part in loc if isinstance(part, str) and part != "[key]")


_TYPES: Final = {
    "string_type": "text in quotes",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "float_type": "a number",
    "list_type": "a list in brackets",
    "dict_type": "a table",
    "model_type": "a table",
}


_TABLE_WORDS: Final[Mapping[str, str]] = {
    "privacy": "[privacy]",
    "safeguarding": "[safeguarding]",
    "web": "[web]",
}


def _words(detail: Any) -> str:
    """Say in plain words what pydantic found."""
    kind, context = str(detail["type"]), detail.get("ctx", {})
    if kind in _TYPES:
        return f"must be {_TYPES[kind]}"
    rules: dict[str, Callable[[], str]] = {
        "extra_forbidden": lambda: _unknown(detail["loc"]),
        "missing": lambda: (
            f"is missing; every {_TABLE_WORDS.get(str(detail['loc'][0]), 'channel')} needs it"
        ),
        "string_too_short": lambda: "must not be empty; leave the key out instead",
        "value_error": lambda: str(context["error"]),
        "literal_error": lambda: (
            f"{_shown(detail['input'])} is not one of {context['expected']}{_nearest(detail)}"
        ),
        "greater_than": lambda: f"must be greater than {context['gt']:g}",
        "greater_than_equal": lambda: f"must be {context['ge']} or more",
    }
    return rules[kind]() if kind in rules else str(detail["msg"])


def _shown(value: object) -> str:
    return f"'{value}'" if isinstance(value, str) else str(value)


def _nearest(detail: Any) -> str:
    known = re.findall(r"'([^']+)'", detail["ctx"]["expected"])
    near = suggest(str(detail["input"]), known)
    return near if near.startswith("; did") else ""


def _unknown(loc: tuple[int | str, ...]) -> str:
    key = str(loc[-1])
    if _LOOKS_SECRET.search(key):
        return (
            "unknown key; a secret doesn't belong in this file: put it into the environment"
            " (`drumbeat doctor` names the variables)"
        )
    shape = _TABLES.get(str(loc[0]), Config) if len(loc) > 1 else Config
    return (
        "unknown"
        f" key{suggest(key, (field.alias or name for name, field in shape.model_fields.items()))}"
    )
