"""A long text in pieces: between words where there are any, behind signs in Chinese."""

import pytest

from bot.text import broken

CHINESE = "世界上仍有一亿多儿童从事童工劳动。我们每个人都可以做一件事，今天就开始吧！"


@pytest.mark.parametrize("most", [10, 20, 24, 30])
def test_chinese_is_broken_behind_its_signs_where_there_are_any(most):
    pieces = broken(CHINESE * 3, most)
    assert "".join(pieces) == CHINESE * 3
    assert all(len(piece) <= most for piece in pieces)
    if most >= 20:
        assert all(piece[-1] in "。，！" for piece in pieces)


def test_a_text_without_spaces_is_never_broken_within_a_character():
    family = "👨‍👩‍👧‍👦"
    pieces = broken(family * 9, 30)
    assert "".join(pieces) == family * 9
    assert all(len(piece) % len(family) == 0 for piece in pieces)


def test_a_name_in_a_chinese_text_is_no_better_place_to_break_it():
    first = broken(f"UNICEF {CHINESE}", 30)[0]
    assert first.endswith("。")
    assert broken("a b " * 10, 9)[0] == "a b a b a"
