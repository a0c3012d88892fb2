"""Handles: whatever people type becomes one form and one address, or it is said how it is
written.
"""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.files.frozen import read_files
from bot.library import shipped_root
from bot.library.shared import read_shared
from bot.model.pledge import Handle
from bot.rules.reading import handles
from bot.rules.reading.handles import Wrong

SHARED, _ = read_shared(read_files([shipped_root()]))
KNOWN, FREE = SHARED.handles, SHARED.free_mail


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("press@ACME.example", "press@acme.example"),
        ("Ana.B+1@mail.acme.co.uk", "Ana.B+1@mail.acme.co.uk"),
        ("4242", None),
        ("a@b", None),
        ("a@b.example, c@d.example", None),
        ("a@b.example\nBcc: c@d.example", None),
        ("<a@b.example>", None),
        ("a\0b@c.example", None),
        ("@acme.example", None),
        ("a" * 65 + "@acme.example", None),
        ("a@" + "b." * 150 + "example", None),
        ("", None),
    ],
)
def test_one_email_address_and_nothing_else(given, address):
    assert handles.email(given) == address


@pytest.mark.parametrize(
    "domain",
    [
        "gmail.com",
        "Yahoo.FR",
        "yahoo.co.uk",
        "yahoo.com.br",
        "gmx.de",
        "gmx.net",
        "outlook.es",
        "hotmail.co.jp",
        "web.de",
        "orange.fr",
        "free.fr",
        "x.free.fr",
        "mail.ru",
        "qq.com",
    ],
)
def test_where_anybody_can_have_a_mailbox(domain):
    assert handles.is_free(domain, FREE)


@pytest.mark.parametrize(
    "domain",
    [
        "acme.example",
        "ilo.org",
        "gmail.com.acme.example",
        "notgmail.com",
        "mail.gov.in",
        "outlook.ac.uk",
        "live.acme.org",
        "yahoo-foundation.org",
        "com",
    ],
)
def test_where_not_everybody_can(domain):
    assert not handles.is_free(domain, FREE)


def test_the_list_of_free_mailboxes_is_in_small_letters_and_has_nothing_twice():
    file = shipped_root() / "content" / "freemail.toml"
    table = tomllib.loads(file.read_text("utf-8"))
    for words in table.values():
        assert len(words) == len(set(words))
        assert all(word == word.lower().strip() for word in words)
    assert not [name for name in table["names"] if "." in name]
    assert not [domain for domain in table["domains"] if "." not in domain]


def test_the_seven_networks_of_the_form_are_there():
    assert list(KNOWN) == [
        "x",
        "facebook",
        "instagram",
        "linkedin",
        "tiktok",
        "mastodon",
        "bluesky",
    ]


@pytest.mark.parametrize(
    ("network", "typed", "name", "url"),
    [
        ("x", "@ilo", "ilo", "https://x.com/ilo"),
        ("x", "ilo", "ilo", "https://x.com/ilo"),
        ("x", "https://twitter.com/ilo?s=20", "ilo", "https://x.com/ilo"),
        ("x", "https://mobile.twitter.com/@ilo/status/1", "ilo", "https://x.com/ilo"),
        ("x", "x.com/ilo/", "ilo", "https://x.com/ilo"),
        ("facebook", "facebook.com/ILO.ORG", "ILO.ORG", "https://www.facebook.com/ILO.ORG"),
        (
            "facebook",
            "https://m.facebook.com/profile.php?id=1000123",
            "1000123",
            "https://www.facebook.com/1000123",
        ),
        (
            "facebook",
            "https://www.facebook.com/pages/Some-Name/1000123",
            "1000123",
            "https://www.facebook.com/1000123",
        ),
        ("instagram", "@ilo.org_1", "ilo.org_1", "https://www.instagram.com/ilo.org_1/"),
        (
            "linkedin",
            "https://ch.linkedin.com/company/ilo/posts/",
            "company/ilo",
            "https://www.linkedin.com/company/ilo/",
        ),
        (
            "linkedin",
            "linkedin.com/in/ana-mu%C3%B1oz",
            "in/ana-muñoz",
            "https://www.linkedin.com/in/ana-muñoz/",
        ),
        ("linkedin", "company/ilo", "company/ilo", "https://www.linkedin.com/company/ilo/"),
        ("tiktok", "https://www.tiktok.com/@ilo", "ilo", "https://www.tiktok.com/@ilo"),
        ("mastodon", "@ilo@social.example", "ilo@social.example", "https://social.example/@ilo"),
        (
            "mastodon",
            "https://social.example/@ilo",
            "ilo@social.example",
            "https://social.example/@ilo",
        ),
        ("bluesky", "@ilo", "ilo.bsky.social", "https://bsky.app/profile/ilo.bsky.social"),
        (
            "bluesky",
            "https://bsky.app/profile/ilo.org",
            "ilo.org",
            "https://bsky.app/profile/ilo.org",
        ),
    ],
)
def test_what_people_type_becomes_one_form(network, typed, name, url):
    assert handles.normalise(typed, KNOWN[network]) == Handle(network=network, name=name, url=url)
    # what comes out goes in again, and means the same
    assert handles.normalise(url, KNOWN[network]) == Handle(network=network, name=name, url=url)
    assert handles.normalise(f"  {name} ", KNOWN[network]) == Handle(
        network=network, name=name, url=url
    )


@pytest.mark.parametrize(
    ("network", "typed"),
    [
        ("x", "sixteen_letters_"),
        ("x", "has space"),
        ("x", "https://x.com/home"),
        ("x", "https://evil.example/ilo"),
        ("x", "https://notx.com/ilo"),
        ("x", "<script>"),
        ("instagram", "a..b"),
        ("instagram", "a."),
        ("linkedin", "ilo"),
        ("linkedin", "https://www.linkedin.com/feed/"),
        ("mastodon", "@ilo"),
        ("mastodon", "https://social.example/ilo"),
        ("bluesky", "-x-"),
        ("facebook", "abc"),
        ("x", ""),
        ("x", "https://[broken"),
        ("x", "javascript:alert(1)"),
    ],
)
def test_what_is_none_is_refused_with_an_example(network, typed):
    found = handles.normalise(typed, KNOWN[network])
    assert found == Wrong(
        given=typed.strip(), label=KNOWN[network].label, example=KNOWN[network].example
    )


def test_several_at_once_by_name_host_or_form():
    found, wrong = handles.read(
        "Twitter: @ilo\nInsta @ilo.org; https://www.tiktok.com/@ilo, @ilo@social.example\n@whose\n",
        KNOWN,
    )
    assert [(h.network, h.name) for h in found] == [
        ("x", "ilo"),
        ("instagram", "ilo.org"),
        ("tiktok", "ilo"),
        ("mastodon", "ilo@social.example"),
    ]
    assert wrong == (Wrong(given="@whose"),)


def test_the_last_one_of_a_network_counts():
    found, _ = handles.read("X: one\nX: two", KNOWN)
    assert [h.name for h in found] == ["two"]


@given(st.text(max_size=250), st.sampled_from(list(KNOWN)))
def test_any_text_is_a_handle_or_none(text, network):
    found = handles.normalise(text, KNOWN[network])
    if isinstance(found, Handle):
        assert found.url.startswith("https://")
        assert not any(mark in found.url for mark in " <>\"'\n")


@given(st.text(max_size=250))
def test_any_text_can_be_read(text):
    found, _ = handles.read(text, KNOWN)
    assert len({h.network for h in found}) == len(found)
