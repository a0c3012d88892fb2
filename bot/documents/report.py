"""Writes a report as a PDF that a screen reader can read (PDF/UA-1) and an archive can keep
(PDF/A-2a): its first page by itself, then its tables.
"""

from dataclasses import asdict

from bot.documents import Look, Report, Section
from bot.documents.pdf import compiled, fonts
from bot.pictures.cards.fonts import USUAL, family_of
from bot.pictures.charts import Chart, alt, letters, picture


def written(report: Report, look: Look) -> bytes:
    """Return a report, for whose letters there are fonts, as a PDF."""
    chart = report.chart
    data = {
        "title": report.title,
        "language": look.language.partition("-")[0],
        "direction": look.direction,
        "fonts": fonts(look),
        "about": report.about,
        "sentences": report.sentences,
        "chart": chart and _drawn(chart, look),
        "sections": [_section(part) for part in report.sections],
    }
    return compiled("report", data, look)


def _drawn(chart: Chart, look: Look) -> dict[str, str]:
    family = family_of(letters(chart), look.fonts, look.language)
    return {"drawing": picture(chart, family or USUAL), "alt": alt(chart, look.language)}


def _section(part: Section) -> dict[str, object]:
    wide = [number in part.wide for number in range(len(part.head))]
    return asdict(part) | {"wide": wide}
