"""Colours: what can be read on what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.campaign import Colours
from bot.rules.colours import NIGHT, READABLE, WHITE, contrast, ink_on, lightened, named

COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", WHITE, 21), (WHITE, WHITE, 1), ("#777777", WHITE, 4.48), ("#0b5cad", WHITE, 6.67)],
)
def test_the_contrast_is_that_of_the_guidelines(one, other, ratio):
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.01)


@given(COLOURS)
def test_white_or_black_can_be_read_on_every_colour(ground):
    assert contrast(ink_on(ground), ground) >= READABLE


@given(COLOURS)
def test_every_colour_can_be_made_light_enough_for_a_dark_screen(colour):
    assert contrast(lightened(colour, NIGHT), NIGHT) >= READABLE


def test_the_usual_colours_of_a_campaign_can_be_read():
    usual = Colours()
    assert contrast(usual.accent, WHITE) >= READABLE
    assert contrast(usual.dark, NIGHT) >= READABLE


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        ("#ff0000", "red"),
        ("#0b5cad", "royalblue"),  # by distance in RGB it would be teal, a green
        ("#000102", "black"),
        ("#1e8449", "seagreen"),
        ("#00aeef", "dodgerblue"),
        ("#8E44AD", "darkorchid"),
    ],
)
def test_a_colour_is_called_by_the_name_nearest_for_the_eye(colour, name):
    assert named(colour) == name
