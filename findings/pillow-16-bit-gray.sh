#!/usr/bin/env bash
# Pillow 13.0.0
#
# Expected: a picture of 16 bits a pixel (a scan, an export of a map) that is converted to 8 bits
# is the same picture, with fewer shades.
# Seen: `convert("L")`, and a save as JPEG by way of it, clip: all above 255 of 65,535 becomes
# white. Of a gradient of 256 shades from black to white, 255 come out white.
# Why it matters: a bot that makes pictures small enough for its networks posts an empty white
# page, with the right size, the right type and no error.
# What to do: tell such a picture by its mode (I;16 and its kin) and scale it before it is
# converted, for example by dividing by 257.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check pillow==13.0.0

"$tmp/venv/bin/python" - "$tmp" <<'PY'
import struct
import sys
from pathlib import Path

from PIL import Image

file = Path(sys.argv[1]) / "gradient.png"
shades = [step * 65_535 // 255 for step in range(256)]
Image.frombytes("I;16", (256, 1), struct.pack("<256H", *shades)).save(file)
read = Image.open(file)
clipped = read.convert("L").tobytes()
scaled = bytes(shade // 257 for shade in struct.unpack("<256H", read.tobytes()))
seen = (read.mode, clipped[0], clipped.count(255), scaled[128], scaled.count(255))
if seen != ("I;16", 0, 255, 128, 1):
    sys.exit(f"pillow-16-bit-gray: the behaviour has changed: {seen}")
print(f"mode {read.mode}, 256 shades from black to white")
print(f'convert("L"): {clipped.count(255)} of them are white')
print(f"divided by 257: {scaled.count(255)} of them is white")
PY
