"""Sets of numbers of pledges, as the database keeps them and as they are compared.

In the database a set is a blob: its first byte says whether its numbers follow one by one, in four
bytes each, or as bits, whichever is shorter. In memory it is one integer, of which each bit stands
for a number: so sets of a hundred thousand are intersected in some microseconds.
"""

import sys
from array import array
from collections.abc import Iterable

NONE = b"\x00"
"""The blob of no number at all."""

_LISTED, _BITS = NONE, b"\x01"
_PIECE = 8192
"""Numbers of a set among which the newest are looked for first."""

_SEVERAL = 256
"""More numbers than these are read faster as bits, even where that is longer."""


def changed(blob: bytes, number: int, there: bool) -> bytes:
    """Return the set with this number in it, or without it."""
    if blob[:1] == _BITS:
        bits = _changed_bits(blob, number, there)
        # a large number among few: they are shorter one by one
        return bits if len(bits) == len(blob) else packed(read([bits]))
    listed = set(_numbers(blob)) - {number} | ({number} if there else set())
    return _packed(listed)


def packed(bits: int) -> bytes:
    """Return a set as it is kept."""
    count, as_bits = bits.bit_count(), max(bits.bit_length() - 1, 0) // 8 + 1
    if _is_shorter_as_bits(count, as_bits):
        return _BITS + bits.to_bytes(as_bits, "little")
    return _packed(set(newest(bits, count)))


def read(blobs: Iterable[bytes]) -> int:
    """Return all numbers of some sets, as bits."""
    bits, listed = 0, list[int]()
    for blob in blobs:
        if blob[:1] == _BITS:
            bits |= int.from_bytes(memoryview(blob)[1:], "little")
        else:
            listed += _numbers(blob)
    return bits | int.from_bytes(_as_bits(listed), "little") if listed else bits


def newest(bits: int, most: int, below: int | None = None) -> list[int]:
    """Return the largest numbers of a set, the largest first; with `below`, those below that."""
    end, size, numbers = bits.bit_length(), _PIECE, list[int]()
    if below is not None:
        end = min(end, below)
    # piece by piece, each twice as large: to take one bit off a long number makes all of it anew
    while end > 0 and len(numbers) < most:
        start = max(0, end - size)
        left = bits >> start & (1 << end - start) - 1
        while left and len(numbers) < most:
            top = left.bit_length() - 1
            numbers.append(start + top)
            left ^= 1 << top
        end, size = start, 2 * size
    return numbers


def _numbers(blob: bytes) -> list[int]:
    numbers = array("I", blob[1:])
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tolist()


def _packed(listed: set[int]) -> bytes:
    if _is_shorter_as_bits(len(listed), max(listed, default=0) // 8 + 1):
        return _BITS + bytes(_as_bits(listed))
    numbers = array("I", sorted(listed))
    if sys.byteorder == "big":
        numbers.byteswap()
    return _LISTED + numbers.tobytes()


def _is_shorter_as_bits(count: int, as_bits: int) -> bool:
    return count > min(_SEVERAL, as_bits // 4)


def _as_bits(listed: Iterable[int]) -> bytearray:
    bits = bytearray(max(listed) // 8 + 1)
    for number in listed:
        bits[number >> 3] |= _BIT[number & 7]
    return bits


_BIT = bytes(1 << number for number in range(8))


def _changed_bits(blob: bytes, number: int, there: bool) -> bytes:
    bits, at = bytearray(blob), 1 + (number >> 3)
    if there:
        bits.extend(bytes(max(0, at + 1 - len(bits))))
        bits[at] |= 1 << (number & 7)
    elif at < len(bits):
        bits[at] &= ~(1 << (number & 7))
    return bytes(bits)
