"""Packs a picture in colours of a palette as a PNG: seven times as quickly as Pillow does, with
Intel's way to look for what comes again; the file is a fifth larger at most.
"""

import struct
import zlib
from typing import Final

from isal import isal_zlib
from PIL import Image

_LEVEL: Final = 1
"""Of 0 to 3."""


def packed(numbers: Image.Image, palette: bytes) -> bytes:
    """Return a picture, in mode L, each pixel the number of a colour, as a PNG.

    `palette` has red, green and blue of at most 256 colours.
    """
    width, height = numbers.size
    # each row begins with a 0: its bytes stand as they are
    rows = Image.new("L", (width + 1, height))
    rows.paste(numbers, (1, 0))
    return _file(width, height, palette, isal_zlib.compress(rows.tobytes(), _LEVEL))


def size_of(data: bytes, most: int) -> tuple[int, int] | None:
    """Return width and height of a PNG as `packed` makes it; None for any other file, one with
    anything beside its pixels, and one of which a side is longer than `most`.
    """
    if data[: len(_BEGINS)] != _BEGINS or len(data) < _LEAST:
        return None
    width, height, palette_size = (int.from_bytes(data[at : at + 4]) for at in (16, 20, 33))
    at = _PALETTE + palette_size + 4
    palette, pixels = data[_PALETTE : _PALETTE + palette_size], data[at + 8 : -16]
    if not 0 < max(width, height) <= most or palette_size > _COLOURS:
        return None
    if data != _file(width, height, palette, pixels):
        return None
    return (width, height) if _fills(pixels, (width + 1) * height) else None


_BEGINS: Final = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
_PALETTE: Final = 41
"""Where the palette begins."""
_COLOURS: Final = 3 * 256
_LEAST: Final = 69
"""Bytes without any colour or pixel."""


def _fills(pixels: bytes, size: int) -> bool:
    """Return whether this unpacks to so many bytes, and nothing stands behind."""
    unpacking = zlib.decompressobj()
    try:
        rows = unpacking.decompress(pixels, size + 1)
    except zlib.error:
        return False
    return len(rows) == size and unpacking.eof and not unpacking.unused_data


def _file(width: int, height: int, palette: bytes, pixels: bytes) -> bytes:
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", palette),
        (b"IDAT", pixels),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
