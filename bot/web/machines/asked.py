"""What a program asks for, without HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from bot.jobs.services import Services
from bot.model.staff import Actor, Member
from bot.model.staff.machines import Sent, Token


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request whose token holds, and what stands in it, as its shapes allow."""

    services: Services
    token: Token
    member: Member
    now: datetime
    #: the id of a post in its path; '' where there is none
    id: str
    #: each field behind the question mark; '' for one that isn't there
    query: Mapping[str, str]
    #: what was sent; None where nothing is to be
    body: Any
    #: under which name of the program's it was sent; None where none is needed
    sent: Sent | None

    @property
    def by(self) -> Actor:
        """Who acts, as decisions keep it: the token's member."""
        return self.member.actor


@dataclass(frozen=True, kw_only=True)
class Given:
    """An answer."""

    #: None for none
    content: object = None
    status: int = HTTPStatus.OK
