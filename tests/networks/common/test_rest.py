"""How long an account rests: as the server says where that can be read, else its network's window."""

from time import time

import pytest

from bot.networks.common.rest import rest, until


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("17", 17.0),
        ("0", 1.0),
        ("-5", 1.0),
        ("soon", 300.0),
        (None, 300.0),
        ([], 300.0),
        (10**400, 300.0),
    ],
)
def test_what_cannot_be_read_is_the_networks_own_window(said, seconds):
    assert rest(300.0, lambda: float(said)) == seconds


def test_the_first_reading_that_gives_a_number_counts():
    headers = {"Retry-After": "20"}
    readings = (lambda: float({}["retry_after"]), lambda: float(headers["Retry-After"]))
    assert rest(300.0, *readings) == 20.0


def test_an_instant_is_reckoned_by_the_clock_of_the_server():
    headers = {"Date": "Sat, 28 Nov 2026 12:00:00 GMT"}
    assert until(1_795_867_260.0, headers) == 60.0
    assert abs(until(time() + 60, {"Date": "noon"}) - 60) < 5
