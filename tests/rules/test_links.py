"""Links as people type and copy them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.reading.links import link


@pytest.mark.parametrize(
    ("typed", "link_of_it"),
    [
        ("https://acme.example/film?a=1&b=ü", "https://acme.example/film?a=1&b=ü"),
        ("HTTP://Acme.org/News", "HTTP://Acme.org/News"),
        ("www.acme.com/news", "https://www.acme.com/news"),
        ("instagram.com/p/Cx_1-a/", "https://instagram.com/p/Cx_1-a/"),
        ("acme.org", "https://acme.org"),
        ("“https://acme.org/x”.", "https://acme.org/x"),
        ("(https://acme.org/x)", "https://acme.org/x"),
        ("https://en.wikipedia.org/wiki/A_(b)", "https://en.wikipedia.org/wiki/A_(b)"),
        ("\u2068https://acme.org/x\u2069", "https://acme.org/x"),
        ("https://münchen.de/straße\n", "https://münchen.de/straße"),
        ("https://user@acme.org/x", "https://user@acme.org/x"),
    ],
)
def test_a_link_is_taken_without_what_stands_round_it(typed, link_of_it):
    assert link(typed) == link_of_it


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "no link",
        "Done",
        "film.pdf",
        "https://",
        "http://localhost",
        "javascript:alert(1)",
        "ftp://acme.org/x",
        '"><script>',
        "ana@acme.org",
        "mailto:ana@acme.org",
        "look at https://acme.org",
        "acme.org and acme.com",
        "https://acme.org https://acme.com",
    ],
)
def test_what_is_no_link_or_more_than_one_is_not_taken(typed):
    assert link(typed) is None


@given(st.text(max_size=60))
def test_what_is_taken_has_a_scheme_that_a_browser_opens_and_no_spaces(typed):
    taken = link(typed)
    assert taken is None or taken.lower().startswith(("https://", "http://"))
    assert taken is None or not any(sign.isspace() or sign in '<>"' for sign in taken)
