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
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", palette),
        (b"IDAT", isal_zlib.compress(rows.tobytes(), _LEVEL)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
