"""What a roadmap had planned, for when, and what came of it, as far as a source says so."""

from dataclasses import dataclass
from http import HTTPStatus

from starlette.exceptions import HTTPException

from bot.model.events import RoadmapStep
from bot.model.words import StepWords
from bot.web.public.reader import Reader, Shown


@dataclass(frozen=True, kw_only=True)
class SaidStep:
    """A step in the reader's language."""

    step: RoadmapStep
    title: str
    #: for when it was planned
    when: str
    #: what came of it; '' where nobody knows
    came: str
    #: of its event's page; '' where it has none
    path: str


def roadmap(reader: Reader) -> Shown:
    """Show the steps in the order of the roadmap; raises `HTTPException` 404 without any."""
    if not reader.of.roadmap:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    words = reader.words["roadmap"]
    return Shown(
        template="roadmap.html",
        title=words["title"],
        description=words["about"],
        trail=((reader.about(reader.of).title, f"{reader.here()}/"),),
        values={"steps": said(reader)},
    )


def said(reader: Reader) -> list[SaidStep]:
    """Return the steps in the order of the roadmap."""
    return [_said(reader, step) for step in reader.of.roadmap]


def _said(reader: Reader, step: RoadmapStep) -> SaidStep:
    own = reader.about(reader.of).roadmap.get(step.id) or StepWords()
    return SaidStep(
        step=step,
        title=own.title or step.id,
        when=own.when,
        came=own.came if step.came else "",
        path=reader.here("events", step.event) if step.event else "",
    )
