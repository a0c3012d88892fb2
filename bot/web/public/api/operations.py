"""What the API answers: each address with the shape of what may be asked and of what is given.

One table serves both the routes and the document, so that the document can't say anything else.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from http import HTTPStatus
from inspect import isawaitable
from typing import Any

from pydantic import TypeAdapter, ValidationError
from starlette.exceptions import HTTPException

from bot.web.openapi import JSON, Address
from bot.web.public.api import answers, record, shapes
from bot.web.public.api.problems import OPEN
from bot.web.public.reader import File, Reader
from bot.web.public.site import PublicPage


@dataclass(frozen=True, kw_only=True)
class Operation(Address):
    """An address of the API."""

    given: type
    answer: Callable[[Reader], object | Awaitable[object]]
    #: whether the answer is kept until the data or the day change
    kept: bool = True

    @cached_property
    def content(self) -> TypeAdapter[Any]:
        """What is answered."""
        return TypeAdapter(self.given)

    @property
    def page(self) -> PublicPage:
        """Its route."""
        page = PublicPage(path=self.path, answer=self._file, alone=True, checked=self._checked)
        return page if self.kept else replace(page, version=None)

    async def _file(self, reader: Reader) -> File:
        given = self.answer(reader)
        given = await given if isawaitable(given) else given
        return File(
            content=self.content.dump_json(given),
            media_type=JSON,
            headers=OPEN,
        )

    def _checked(self, query: Mapping[str, str]) -> Mapping[str, str]:
        """Return what `read` does.

        Raises `HTTPException` 400, which names the field and repeats nothing of it.
        """
        try:
            return self.read(query)
        except ValidationError as error:
            wrong = "; ".join(f"{e['loc'][0]}: {e['msg']}" for e in error.errors())
            raise HTTPException(HTTPStatus.BAD_REQUEST, wrong) from None


OPERATIONS: tuple[Operation, ...] = (
    Operation(
        name="calendar",
        path="{campaign}/calendar.json",
        summary="What a campaign asks for, day by day.",
        asked=shapes.AskedCalendar,
        given=shapes.Calendar,
        answer=answers.of_calendar,
    ),
    # never kept: what is withdrawn is shown to nobody from that instant on
    Operation(
        name="pledges",
        path="{campaign}/pledges.json",
        summary="The public pledges that fit, 20 at a time.",
        asked=shapes.AskedPledges,
        given=shapes.Pledges,
        answer=answers.of_pledges,
        kept=False,
    ),
    Operation(
        name="pledge",
        path="{campaign}/pledges/{number}.json",
        summary="A public pledge.",
        asked=shapes.AskedPlain,
        given=shapes.Pledge,
        answer=answers.of_pledge,
        kept=False,
        errors=(HTTPStatus.GONE,),
    ),
    Operation(
        name="results",
        path="{campaign}/scale-up.json",
        summary="What came of public pledges, and what it takes to repeat them, 20 at a time.",
        asked=shapes.AskedPledges,
        given=shapes.Results,
        answer=answers.of_results,
        kept=False,
    ),
    Operation(
        name="facts",
        path="{campaign}/facts.json",
        summary="What a campaign says, with its sources.",
        asked=shapes.AskedPlain,
        given=shapes.Facts,
        answer=answers.of_facts,
    ),
    # never kept: an event is over at its hour
    Operation(
        name="events",
        path="{campaign}/events.json",
        summary="What people can come to, and what a roadmap had planned.",
        asked=shapes.AskedPlain,
        given=shapes.Events,
        answer=record.of_events,
        kept=False,
    ),
    # never kept: what staff hide is shown to nobody from that instant on
    Operation(
        name="countries",
        path="{campaign}/countries.json",
        summary="Countries as sources list them, and how far those are that go ahead.",
        asked=shapes.AskedPlain,
        given=shapes.Countries,
        answer=record.of_countries,
        kept=False,
    ),
)
"""All addresses but that of the document."""
