"""How often the campaign's hashtags were used, each network by itself: by month, and as CSV."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus

from markupsafe import Markup
from starlette.exceptions import HTTPException

from bot.gaps import filled
from bot.jobs.counting import figures as counting
from bot.jobs.counting.figures import Counted, Figures
from bot.jobs.services import Services
from bot.languages import said_month
from bot.pictures.charts import Chart, svg
from bot.web.public.listed import month_name
from bot.web.public.reader import File, Reader, Shown


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A chart as a page shows it: the drawing, and what its table and words are made of."""

    chart: Chart
    drawing: Markup


@dataclass(frozen=True, kw_only=True)
class Section:
    """One hashtag on one network: its chart, and what is to be known of its numbers."""

    counted: Counted
    network: str
    drawn: Drawn
    lifts: list[str]
    #: each with whether it is said in the reader's language
    blind: list[tuple[str, bool]]
    corrections: list[str]


def version(services: Services) -> Hashable:
    """Return what figures depend on beside data files and the day."""
    return services.store.samples.newest()


def shows(reader: Reader) -> bool:
    """Return whether anything was counted for the campaign of the path."""
    return counting.any_counted(reader.services, reader.of, reader.today)


def drawn(chart: Chart) -> Drawn:
    """Return a chart with its drawing; its words are escaped in it."""
    return Drawn(chart=chart, drawing=Markup(svg(chart)))  # noqa: S704 - as the docstring says


def figures(reader: Reader) -> Shown:
    """Show the figures of one month; the last one with any where the path names none.

    Raises `HTTPException` 404 for a month in which nothing was counted.
    """
    months = counting.months(reader.services, reader.of, reader.today)
    first = _first(reader, months)
    said = reader.words["figures"]
    whole = counting.figures(reader.services, reader.of, first, _last(reader, first), reader.now)
    at = months.index(first)
    name = said_month(first, reader.language, year=True)
    return Shown(
        template="figures.html",
        title=filled(said["title_of"], month=name),
        description=f"{said['rehearsal']} {said['about']}" if reader.playing else said["about"],
        trail=((reader.about(reader.of).title, f"{reader.here()}/"),),
        links=(("alternate", "text/csv", said["csv"], reader.here("figures.csv")),),
        values={
            "sections": [_section(reader, counted) for counted in whole.counted],
            "before": months[at - 1] if at else None,
            "after": months[at + 1] if at + 1 < len(months) else None,
            "name": lambda day: month_name(reader, day),
            "path": lambda day: reader.here("figures", f"{day:%Y-%m}"),
        },
    )


def data(reader: Reader) -> File:
    """Give all that was counted as CSV; raises `HTTPException` 404 where there is nothing."""
    if not shows(reader):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    start, end = counting.span(reader.of, reader.today)
    whole = counting.figures(reader.services, reader.of, start, end, reader.now)
    return File(
        content=counting.as_csv(whole).encode(),
        media_type="text/csv; charset=utf-8; header=present",
        filename=_filename(whole),
    )


def _filename(whole: Figures) -> str:
    return f"{'rehearsal-' if whole.rehearsal else ''}figures-{whole.campaign}.csv"


def _first(reader: Reader, months: list[date]) -> date:
    wanted = reader.parts.get("month")
    if not months:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    if wanted is None:
        return months[-1]
    first = next((month for month in months if f"{month:%Y-%m}" == wanted), None)
    if first is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return first


def _last(reader: Reader, first: date) -> date:
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return min(last, counting.span(reader.of, reader.today)[1])


def _section(reader: Reader, counted: Counted) -> Section:
    said = reader.words["figures"]
    names = reader.about(reader.of).observances
    chart = counting.chart(reader.services, reader.of, counted, reader.language)
    return Section(
        counted=counted,
        network=counting.network_name(reader.services, counted.usage.network, reader.language),
        drawn=drawn(chart),
        lifts=[
            counting.lift_in_words(lift, said, names, reader.language)
            for lift in counted.lifts
            # what can be compared stands below the chart
            if lift.ratio is None and lift.day < reader.today
        ],
        blind=[
            (words or each, words is not None)
            for each in counted.usage.blind
            for words in [counting.blind_in_words(each, said, reader.language)]
        ],
        corrections=[
            filled(
                said["correction"],
                day=reader.day(each.day),
                before=each.before,
                now=each.now,
                corrected=reader.day(each.corrected.date()),
            )
            for each in counted.corrections
        ],
    )
