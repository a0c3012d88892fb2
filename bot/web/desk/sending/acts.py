"""What can be decided in the outbox."""

import re
from collections.abc import Mapping

from bot.model import State

_WAITING = (State.PLANNED, State.AWAITING_APPROVAL, State.QUEUED)

ACTS: Mapping[str, tuple[State, ...]] = {
    "look": (State.UNCERTAIN,),
    "arrived": (State.UNCERTAIN,),
    "release": (State.UNCERTAIN, State.FAILED, State.SKIPPED),
    "retract": (*_WAITING, State.SENT, State.UNCERTAIN),
    "cancel": (*_WAITING, State.UNCERTAIN),
}
"""What may be decided about posts, and in which states."""

PEOPLE = ("people_send", "people_leave")
"""What may be decided about messages to people that are uncertain."""

GROUP = "people-"
"""Before the name of a field that stands for all such messages of one broadcast."""

POST = re.compile(r"\d{1,18}-\d{1,18}-0", re.ASCII)
"""The id of a post."""
