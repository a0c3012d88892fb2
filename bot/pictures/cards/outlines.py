"""Outlines of letters, as Typst's SVG has them, and how far they cover pixels.

Typst's PNG holds four bytes for each pixel, and packing and unpacking them takes longer than all
else; its SVG is short, has each letter once, and letters come again from card to card.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
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


def read(page: bytes) -> Sheet:
    """Return what an SVG page of Typst shows: nothing but outlines, moved and scaled."""
    root = ET.fromstring(page)  # noqa: S314 - Typst wrote it
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    known = {f"#{each.attrib['id']}": each[0].attrib["d"] for each in root.iter(f"{_SVG}symbol")}
    return Sheet(width, height, tuple(_shapes(root, (1, 1, 0, 0), known)))


def masked(shape: Shape) -> tuple[Mask, int, int]:
    """Return how a shape covers the pixels around that at which it stands, and which that is."""
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


@lru_cache(maxsize=2048)
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
