"""What the API for programs of staff answers, as JSON objects, and what may be asked of it and sent
to it; of all pydantic makes the bytes, the checks and the schemas. The keys are a contract.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal, NotRequired

from pydantic import AwareDatetime, ConfigDict, Field
from typing_extensions import TypedDict  # pydantic takes no other before Python 3.12

from bot.model import State

Rehearsal = Annotated[
    bool, Field(description="Whether all of this is invented: a rehearsal on a simulated clock.")
]
Id = Annotated[str, Field(description="Its id, as `drumbeat outbox` has it.")]
StateWord = Annotated[str, Field(json_schema_extra={"enum": [state.word for state in State]})]
_Day = date  # a field of that name hides the class


class Post(TypedDict):
    """A post on one channel."""

    id: Id
    campaign: str
    action: Annotated[str, Field(description="Of the calendar, or 'post:12' for one of staff.")]
    day: _Day
    channel: str
    network: str
    language: Annotated[str | None, Field(description="The language of its channel.")]
    due: AwareDatetime
    state: StateWord
    own: Annotated[bool, Field(description="Whether it was written for the token's member.")]
    url: Annotated[str | None, Field(description="Its page, once it is there.")]


class Posts(TypedDict):
    """Posts, in the order in which they are due."""

    rehearsal: Rehearsal
    posts: tuple[Post, ...]
    next: Annotated[str | None, Field(description="The value of `after` for those behind them.")]


class Whole(Post):
    """A post with its text."""

    rehearsal: Rehearsal
    texts: Annotated[
        tuple[str, ...],
        Field(description="Its text, or those of its thread; empty where it can't be made."),
    ]
    problem: Annotated[str | None, Field(description="Why there is no text.")]


class Made(TypedDict):
    """What was proposed: a post on each of its channels."""

    rehearsal: Rehearsal
    posts: tuple[Post, ...]


class Status(TypedDict):
    """How things are, in numbers."""

    rehearsal: Rehearsal
    posts: Annotated[
        dict[str, int],
        Field(description="Posts to come, and of the last 30 days, by state; none named: none."),
    ]
    channels: Annotated[
        dict[str, int],
        Field(description="Channels by state: live, dry, paused, held, resting."),
    ]
    holds: Annotated[int, Field(ge=0)]
    alarms: Annotated[int, Field(description="What somebody should look at.", ge=0)]


class Proposal(TypedDict):
    """A post that a program proposes; it waits until a person approves it."""

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]

    text: Annotated[str, Field(min_length=1, max_length=20_000)]
    channels: Annotated[
        list[Annotated[str, Field(max_length=100)]],
        Field(
            description="Names of channels; the text must fit each.", min_length=1, max_length=50
        ),
    ]
    due: Annotated[AwareDatetime, Field(description="When it shall go out, with an offset.")]
    language: NotRequired[
        Annotated[
            str, Field(description="Its language; each channel must post in it.", max_length=35)
        ]
    ]


@dataclass(frozen=True, kw_only=True)
class AskedNothing:
    """What may be asked where there is nothing to choose."""


@dataclass(frozen=True, kw_only=True)
class AskedPosts:
    """Which posts are wanted; what is empty leaves nothing out."""

    state: Annotated[
        Literal[
            "",
            "planned",
            "awaiting_approval",
            "queued",
            "sending",
            "sent",
            "failed",
            "skipped",
            "cancelled",
            "uncertain",
        ],
        Field(description="Only posts in this state."),
    ] = ""
    campaign: Annotated[str, Field(description="Only of this campaign.", max_length=100)] = ""
    channel: Annotated[str, Field(description="Only on this channel.", max_length=100)] = ""
    day: Annotated[
        str,
        Field(
            description="Only those due on this day (UTC); without it those to come, and those"
            " of the last 30 days.",
            json_schema_extra={"format": "date"},
            max_length=10,
        ),
    ] = ""
    after: Annotated[
        str,
        Field(
            description="Where the page before ended: its `next`.",
            pattern=r"^([0-9]{1,15}-[0-9]{1,15}-[0-9]{1,15})?$",
        ),
    ] = ""
