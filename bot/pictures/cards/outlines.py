"""Outlines of letters, as Typst's SVG has them, and how far they cover pixels.

Typst's PNG holds four bytes for each pixel, and packing and unpacking them takes longer than all
else; its SVG is short, has each letter once, and letters come again from card to card.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import ceil, floor
from typing import Final

from fontTools.pens.basePen import BasePen
from fontTools.svgLib.path import parse_path
from PIL import Image, ImageDraw
from typing_extensions import override

_SVG: Final = "{http://www.w3.org/2000/svg}"
_HREF: Final = "{http://www.w3.org/1999/xlink}href"

_CURVE: Final = 8
"""Straight lines in place of a curve."""

_DENSITY: Final = 2
"""Pixels of a unit of an outline that is drawn large: letters are set at 100 units."""

_FINE: Final = 4
"""How many times finer it is filled, in black and white."""

_AROUND: Final = 8
"""The margin of an outline that is drawn large, in units."""

_PARTS: Final = 2
"""How many places within a pixel a letter may begin at."""

_CORNERS: Final = 3
"""The fewest corners that anything lies between."""

Box = tuple[int, int, int, int]
"""Left, top, right and bottom, in pixels; the last two are beyond it."""

_Point = tuple[float, float]
_Matrix = tuple[float, float, float, float]
"""What is across is multiplied by the first and moved by the third, what is down by the others."""


@dataclass(frozen=True)
class Shape:
    """One letter or box: its outline, where it stands on its page, and its colour, `#rrggbb`."""

    outline: str
    matrix: _Matrix
    colour: str


@dataclass(frozen=True)
class Sheet:
    """A page of outlines, in pixels."""

    width: float
    height: float
    shapes: tuple[Shape, ...]


@dataclass(frozen=True, eq=False)
class Mask:
    """How far a shape covers each pixel, 0-255; `solid` is 255 where it does so at all."""

    cover: Image.Image
    solid: Image.Image
    #: where its first pixel lies, from the whole pixel at which the shape stands
    left: int
    top: int

    def box(self, x: int, y: int) -> Box:
        """Return what it covers where its shape stands at this pixel."""
        left, top = x + self.left, y + self.top
        return left, top, left + self.cover.width, top + self.cover.height


def read(page: bytes) -> Sheet:
    """Return what an SVG page of Typst shows: nothing but outlines, moved and scaled."""
    root = ET.fromstring(page)  # noqa: S314 - Typst wrote it
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    known = {f"#{each.attrib['id']}": each[0].attrib["d"] for each in root.iter(f"{_SVG}symbol")}
    return Sheet(width, height, tuple(_shapes(root, (1, 1, 0, 0), known)))


def joined(shapes: Iterable[Shape]) -> Iterator[tuple[Mask, int, int]]:
    """Yield how shapes cover pixels, and from which whole pixel on; those that reach into one
    another, as letters of Arabic do, as one: else the edge of each would cut through the next.
    """
    rows: list[tuple[Box, list[_Placed]]] = []
    for mask, x, y in map(_masked, shapes):
        around, row = mask.box(x, y), [(mask, x, y)]
        for other in [other for other in rows if _meet(other[0], around)]:
            rows.remove(other)
            around, row = _both(around, other[0]), other[1] + row
        rows.append((around, row))
        # a letter reaches no further than into these, which may be its marks
        if len(rows) > _NEAR:
            yield _one(*rows.pop(0))
    yield from (_one(*row) for row in rows)


def _one(around: Box, row: list["_Placed"]) -> "_Placed":
    if len(row) == 1:
        return row[0]
    left, top, right, bottom = around
    cover = Image.new("L", (right - left, bottom - top))
    for mask, x, y in row:
        at = mask.box(x, y)
        cover.paste(255, (at[0] - left, at[1] - top), mask.cover)
    return Mask(cover, cover.point(_SOLID), 0, 0), left, top


_NEAR: Final = 6

_Placed = tuple[Mask, int, int]
"""A mask, and the pixel at which its shape stands."""


def _meet(one: Box, other: Box) -> bool:
    across = one[0] < other[2] and other[0] < one[2]
    return across and one[1] < other[3] and other[1] < one[3]


def _both(one: Box, other: Box) -> Box:
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[2], other[2]),
        max(one[3], other[3]),
    )


def _masked(shape: Shape) -> tuple[Mask, int, int]:
    across, down, x, y = shape.matrix
    whole, part = divmod(round(x * _PARTS), _PARTS)
    return _mask(shape.outline, across, down, part), whole, round(y)


def _shapes(element: ET.Element, matrix: _Matrix, known: Mapping[str, str]) -> Iterator[Shape]:
    for each in element:
        if each.tag == f"{_SVG}g":
            yield from _shapes(each, _within(matrix, each.get("transform", "")), known)
        elif each.tag == f"{_SVG}path":
            yield Shape(each.attrib["d"], matrix, each.attrib["fill"])
        elif each.tag == f"{_SVG}use":
            across, down, x, y = matrix
            right, below = float(each.attrib["x"]), float(each.attrib["y"])
            place = across, down, x + across * right, y + down * below
            yield Shape(known[each.attrib[_HREF]], place, each.attrib["fill"])


def _within(matrix: _Matrix, transform: str) -> _Matrix:
    """Return the matrix of what stands in a group; raises `ValueError` for what turns it."""
    kind, _, rest = transform.rstrip(")").partition("(")
    match kind, [float(number) for number in rest.replace(",", " ").split()]:
        case "matrix", [wide, 0, 0, high, right, below]:
            pass
        case "translate", [right, *second]:
            wide, high, below = 1.0, 1.0, sum(second)
        case "scale", [wide, *second]:
            high, right, below = sum(second) or wide, 0.0, 0.0
        case "", []:
            wide, high, right, below = 1.0, 1.0, 0.0, 0.0
        case _:
            raise ValueError(f"transform={transform!r} in what Typst drew: is not known here")
    across, down, x, y = matrix
    return across * wide, down * high, x + across * right, y + down * below


@lru_cache(maxsize=1024)
def _mask(outline: str, across: float, down: float, part: int) -> Mask:
    """Return how an outline covers pixels, one unit of it as many as `across` and `down` say."""
    large = _large(outline, down < 0)
    wide, high = across / _DENSITY, abs(down) / _DENSITY
    x, y = large.left * across + part / _PARTS, large.top * abs(down)
    left, right = ceil(x), floor(x + large.image.width * wide)
    top, bottom = ceil(y), floor(y + large.image.height * high)
    box = (left - x) / wide, (top - y) / high, (right - x) / wide, (bottom - y) / high
    size = (right - left, bottom - top)
    cover = large.image.resize(size, Image.Resampling.HAMMING, box)
    inside = cover.getbbox() or (0, 0, 1, 1)
    cover = cover.crop(inside)
    return Mask(cover, cover.point(_SOLID), left + inside[0], top + inside[1])


_SOLID: Final = [0, *[255] * 255]


@dataclass(frozen=True)
class _Large:
    """An outline drawn large, with a margin, and where its first pixel lies, in units."""

    image: Image.Image
    left: float
    top: float


@lru_cache(maxsize=256)
def _large(outline: str, turned: bool) -> _Large:
    """Draw an outline large; `turned` says that its units count upwards."""
    pen = _Flat(-1 if turned else 1)
    parse_path(outline, pen)
    contours = [contour for contour in pen.contours if len(contour) >= _CORNERS]
    every = [point for contour in contours for point in contour] or [(0.0, 0.0)]
    left, top = (min(point[axis] for point in every) - _AROUND for axis in (0, 1))
    width, height = (max(point[axis] for point in every) + _AROUND for axis in (0, 1))
    size = (ceil((width - left) * _DENSITY) * _FINE, ceil((height - top) * _DENSITY) * _FINE)
    image = Image.new("L", size)
    draw, fine = ImageDraw.Draw(image), _DENSITY * _FINE
    outside = 0.0
    # what is large comes first: a hole lies within what it is a hole of, and turns the other way
    for area, contour in sorted(((_area(each), each) for each in contours), key=_by_size):
        outside = outside or area
        placed = [((x - left) * fine, (y - top) * fine) for x, y in contour]
        draw.polygon(placed, fill=255 if area * outside > 0 else 0)
    return _Large(image.reduce(_FINE), left, top)


def _by_size(contour: tuple[float, list[_Point]]) -> float:
    return -abs(contour[0])


def _area(contour: list[_Point]) -> float:
    """Return the area within a contour, below 0 where it turns the other way."""
    around = pairwise([*contour, contour[0]])
    return sum(x * below - right * y for (x, y), (right, below) in around) / 2


class _Flat(BasePen):  # type: ignore[misc]  # the library has no types
    """Takes an outline as contours of straight lines; what is down is multiplied by `down`."""

    def __init__(self, down: int) -> None:
        super().__init__()
        self.contours = list[list[_Point]]()
        self._down = down

    @override
    def _moveTo(self, pt: _Point) -> None:
        self.contours.append([])
        self._lineTo(pt)

    @override
    def _lineTo(self, pt: _Point) -> None:
        self.contours[-1].append((pt[0], pt[1] * self._down))

    @override
    def _curveToOne(self, pt1: _Point, pt2: _Point, pt3: _Point) -> None:
        begin_x, begin_y = self._getCurrentPoint()
        for step in range(1, _CURVE + 1):
            t = step / _CURVE
            first, second, third, last = (
                (1 - t) ** 3,
                3 * (1 - t) ** 2 * t,
                3 * (1 - t) * t * t,
                t**3,
            )
            x = first * begin_x + second * pt1[0] + third * pt2[0] + last * pt3[0]
            y = first * begin_y + second * pt1[1] + third * pt2[1] + last * pt3[1]
            self._lineTo((x, y))
