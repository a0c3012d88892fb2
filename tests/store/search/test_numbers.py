"""Sets of numbers: the same whether they are kept as a list or as bits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store.search.numbers import NONE, changed, newest, packed, read

NUMBERS = st.sets(st.integers(0, 20_000), max_size=400)


def kept(numbers):
    blob = NONE
    for number in numbers:
        blob = changed(blob, number, True)
    return blob


@given(numbers=NUMBERS, gone=NUMBERS, most=st.integers(1, 500), below=st.integers(0, 30_000))
def test_what_is_put_in_and_not_taken_out_is_there(numbers, gone, most, below):
    blob = kept(numbers)
    for number in gone:
        blob = changed(blob, number, False)
    left = sorted(numbers - gone, reverse=True)
    assert newest(read([blob]), 20_001) == left
    assert newest(read([blob]), most, below) == [n for n in left if n < below][:most]


@given(one=NUMBERS, other=NUMBERS)
def test_sets_are_joined(one, other):
    assert newest(read([kept(one), kept(other)]), 20_001) == sorted(one | other, reverse=True)


@given(numbers=NUMBERS)
def test_a_set_is_packed_at_once_as_one_by_one(numbers):
    bits = sum(1 << number for number in numbers)
    assert read([packed(bits)]) == bits == read([kept(numbers)])
    assert len(packed(bits)) <= len(kept(numbers))


@pytest.mark.parametrize("number", [0, 7, 8, 100_000])
def test_a_number_is_there_once_however_often_it_is_put_in(number):
    blob = kept([number, number])
    assert blob == changed(NONE, number, True)
    assert read([changed(blob, number, False)]) == 0


def test_few_take_a_few_bytes_and_many_a_bit_each():
    assert len(kept([1, 50_000, 100_000])) == 1 + 3 * 4
    assert len(kept(range(0, 80_000, 2))) == 1 + 10_000
