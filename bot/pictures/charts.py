"""Charts: one definition, drawn as SVG for a page and for a picture, and said as a table. Pure.

What is drawn carries no colours of its own: its parts have classes (`chart-bar`, `chart-blind` …),
so that a page's style sheet gives them the reader's colours, dark or forced ones too. For a picture
(`picture`) colours, heading and note stand in the drawing itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from unicodedata import east_asian_width

from bot.languages import stop
from bot.text import broken, in_turn, spans_from_left, ways

WIDTH = 480
"""Units across; a page shows them as wide as it has room."""

_LEFT, _RIGHT, _TOP, _HEIGHT = 56, 10, 26, 170
_SIZE = 15  # of letters, in units
_LINE = 20
_LONGEST = 58  # letters that fit beside each other
_LETTER = 6.8  # units of a letter, on average
_WIDEST = 40  # units of a bar: a few bars are no blocks
_STEPS = (1, 2, 2.5, 5, 10)
_MIRRORED = f"matrix(-1 0 0 1 {WIDTH} 0)"
_OTHER_END = {"": "end", "end": "", "middle": "middle"}

STYLE = (
    "text{{font-family:'{font}';fill:#1d2430}}"
    ".chart-title{{font-size:17px;font-weight:bold}}"
    ".chart-paper{{fill:#ffffff}}.chart-bar{{fill:#0b5cad}}.chart-marked{{fill:#a3380c}}"
    ".chart-blind{{fill:#e2e6ec}}.chart-line{{stroke:#c9d0d9;stroke-width:1}}"
)
"""Colours of a picture; {font} is the family that has all its letters."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One value of a chart."""

    label: str
    #: None: nobody knows it, which is not zero
    value: float | None
    #: the value as the language writes it, or that nobody knows it
    said: str
    #: what is special about it, '' for nothing
    mark: str = ""
    #: what stands below it, line by line, where those of all bars have room; else below the first
    #: and the last bar stand their labels
    below: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart of one row of bars, with all words that stand on it or beside it."""

    #: of letters, digits and '-'; each on a page another
    name: str
    title: str
    #: what the chart shows, figures included, for who doesn't see it
    description: str
    #: heads of the table: what a bar is, what is counted, what is special
    head: tuple[str, str, str]
    bars: tuple[Bar, ...]
    #: heights of the lines across with their numbers as they are written, the highest last
    scale: tuple[tuple[float, str], ...]
    #: what must stand in the thing itself, such as that it is a rehearsal; '' for nothing
    note: str = ""

    @property
    def marked(self) -> list[tuple[int, Bar]]:
        """The special bars with their numbers, from 1 on."""
        return list(enumerate((bar for bar in self.bars if bar.mark), 1))


@dataclass(frozen=True)
class _Words:
    """Words of a drawing, where they begin, or end or have their middle as `anchor` says."""

    x: float
    y: float
    words: str
    anchor: str = ""
    kind: str = ""


def steps(values: Sequence[float | None]) -> tuple[float, ...]:
    """Return the heights at which lines go across: 0, the middle, and a round number that no value
    exceeds.
    """
    highest = max((value for value in values if value is not None), default=0)
    power = 1.0
    while power * 10 <= highest:
        power *= 10
    top = next(step * power for step in _STEPS if step * power >= highest)
    # an odd number of uses has no middle
    return (0, top) if top < _STEPS[1] or top % 2 else (0, top / 2, top)


def svg(chart: Chart) -> str:
    """Return the drawing for a page: no colours, no heading, which stand in the page."""
    lines = [chart.note] if chart.note else []
    return _drawn(chart, above=lines, style="")


def picture(chart: Chart, font: str) -> str:
    """Return the drawing for a picture that stands alone: heading, note and colours are in it."""
    above = [*_broken(chart.title), *filter(None, [chart.note])]
    return _drawn(chart, above=above, style=STYLE.format(font=escape(font)))


def alt(chart: Chart, language: str) -> str:
    """Return what is read out in the place of the picture of a chart."""
    return f"{chart.title}{stop(language)}{chart.description}"


def letters(chart: Chart) -> str:
    """Return all that is written in the picture of a chart."""
    bars = ("".join((bar.label, bar.said, bar.mark, *bar.below)) for bar in chart.bars)
    return "".join([chart.title, chart.note, *bars, *(said for _, said in chart.scale)])


def without(chart: Chart, signs: str) -> Chart:
    """Return a chart without these signs in what is written in its picture."""

    def left(words: str) -> str:
        kept = "".join(sign for sign in words if sign not in signs)
        return words if kept == words else " ".join(filter(None, kept.split(" "))) or "–"

    bars = tuple(
        replace(
            bar,
            label=left(bar.label),
            said=left(bar.said),
            mark=left(bar.mark),
            below=tuple(map(left, bar.below)),
        )
        for bar in chart.bars
    )
    return replace(chart, title=left(chart.title), note=left(chart.note), bars=bars)


def _drawn(chart: Chart, *, above: Sequence[str], style: str) -> str:
    top = _TOP + _LINE * len(above)
    keys = [f"{number} · {bar.label} · {bar.mark}" for number, bar in chart.marked]
    base = top + _HEIGHT
    deep = _deep(chart)
    height = base + _LINE * (deep + 0.5 + len(keys))
    title, description = f"{chart.name}-title", f"{chart.name}-desc"
    pieces = [
        f'<rect class="chart-paper" width="{WIDTH}" height="{_round(height)}"/>',
        *_above(above, titled=bool(style)),
        *_lines(chart, base),
        *_bars(chart, base),
        *(_each(chart, base) if _fits(chart) else _ends(chart, base)),
        *(_Words(_LEFT, base + _LINE * (deep + 1 + n), _cut(key)) for n, key in enumerate(keys)),
    ]
    write = _from_right if ways(" ".join(chart.head))["rtl"] else _written
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img"'
        f' viewBox="0 0 {WIDTH} {_round(height)}" aria-labelledby="{title} {description}">',
        f'<title id="{title}">{escape(chart.title)}</title>',
        f'<desc id="{description}">{escape(chart.description)}</desc>',
        f"<style>{style}</style>" if style else "",
        *map(write, pieces),
        "</svg>",
    ]
    return "".join(parts)


def _above(lines: Sequence[str], *, titled: bool) -> Iterator[_Words]:
    kind = "chart-title" if titled else "chart-note"
    for number, line in enumerate(lines, 1):
        yield _Words(_RIGHT, _LINE * number, _cut(line), kind=kind)


def _lines(chart: Chart, base: float) -> Iterator[str | _Words]:
    highest = chart.scale[-1][0] or 1
    for height, said in chart.scale:
        y = base - height / highest * _HEIGHT
        yield f'<path class="chart-line" d="M{_LEFT} {_round(y)}H{WIDTH - _RIGHT}"/>'
        yield _Words(_LEFT - 6, y + 5, said, anchor="end")


def _bars(chart: Chart, base: float) -> Iterator[str | _Words]:
    highest = chart.scale[-1][0] or 1
    numbers = {bar.label: number for number, bar in chart.marked}
    for at, bar in enumerate(chart.bars):
        width = min(_slot(chart) * 0.8, _WIDEST)
        x = _middle(chart, at) - width / 2
        full = bar.value is None
        tall = _HEIGHT if bar.value is None else bar.value / highest * _HEIGHT
        kind = "chart-blind" if full else "chart-marked" if bar.mark else "chart-bar"
        if tall:
            yield (
                f'<rect class="{kind}" x="{_round(x)}" y="{_round(base - tall)}"'
                f' width="{_round(width)}" height="{_round(tall)}"/>'
            )
        if bar.mark:
            middle = x + width / 2
            yield _Words(middle, base - tall - 5, str(numbers[bar.label]), anchor="middle")


def _fits(chart: Chart) -> bool:
    """Return whether what stands below each bar has room there."""
    room = _slot(chart) / _LETTER
    return all(bar.below and max(map(len, bar.below)) <= room for bar in chart.bars)


def _deep(chart: Chart) -> int:
    """Return how many lines stand below the bars."""
    return max((len(bar.below) for bar in chart.bars), default=1) if _fits(chart) else 1


def _each(chart: Chart, base: float) -> Iterator[_Words]:
    """Yield what stands below each bar."""
    for at, bar in enumerate(chart.bars):
        for number, line in enumerate(bar.below, 1):
            yield _Words(_middle(chart, at), base + _LINE * number, line, anchor="middle")


def _ends(chart: Chart, base: float) -> Iterator[_Words]:
    """Yield what stands below the first and the last bar."""
    if chart.bars:
        yield _Words(_LEFT, base + _LINE, chart.bars[0].label)
    if len(chart.bars) > 1:
        yield _Words(WIDTH - _RIGHT, base + _LINE, chart.bars[-1].label, anchor="end")


def _slot(chart: Chart) -> float:
    return (WIDTH - _LEFT - _RIGHT) / max(len(chart.bars), 1)


def _middle(chart: Chart, at: int) -> float:
    return _LEFT + _slot(chart) * (at + 0.5)


def _written(piece: str | _Words) -> str:
    """Return words as SVG; what is drawn is it already."""
    if isinstance(piece, str):
        return piece
    attributes = f' text-anchor="{piece.anchor}"' if piece.anchor else ""
    attributes += f' class="{piece.kind}"' if piece.kind else ""
    place = f'x="{_round(piece.x)}" y="{_round(piece.y)}" font-size="{_SIZE}"'
    return f"<text {place}{attributes}>{escape(piece.words)}</text>"


def _from_right(piece: str | _Words) -> str:
    """Return a piece as SVG on the other side, for who reads from the right."""
    if isinstance(piece, str):
        return f'<g transform="{_MIRRORED}">{piece}</g>'
    words, anchor = _right_to_left(piece.words), _OTHER_END[piece.anchor]
    return _written(replace(piece, x=WIDTH - piece.x, words=words, anchor=anchor))


def _right_to_left(words: str) -> str:
    """Return words with marks that say so where they are read from the right, and where a piece of
    them is not: an SVG has no other means that all programs know.
    """
    if not ways(words)["rtl"]:
        return words
    pieces = in_turn(words, spans_from_left(words))
    own = "".join(f"\u2066{piece}\u2069" if inside else piece for piece, inside in pieces)
    return f"\u2067{own}\u2069"


def _round(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _cut(words: str) -> str:
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1].rstrip()}…"


def _broken(words: str) -> list[str]:
    """Return the words in lines that fit; a Chinese character is as wide as two letters."""
    wide = sum(east_asian_width(sign) in "WF" for sign in words) > len(words) // 2
    most = _LONGEST - 6
    return list(broken(words, most // 2 if wide else most)) or [""]
