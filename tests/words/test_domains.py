"""Domains and addresses of pages beyond ASCII, as servers take them."""

import pytest

from bot.domains import as_written, on_the_wire, url_on_the_wire


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("bücher.example", "xn--bcher-kva.example"),
        ("straße.example", "xn--strae-oqa.example"),  # of the rules of 2003, somebody else's
        ("例え。テスト", "xn--r8jz45g.xn--zckzah"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("Example.ORG", "example.org"),
    ],
)
def test_a_domain_has_the_form_of_today_on_the_wire(written, form):
    assert on_the_wire(written) == form
    assert on_the_wire(as_written(form)) == form


@pytest.mark.parametrize(
    "domain", ["", "a..example", "-a.example", "a b.example", "a" * 64, "💩.la"]
)
def test_what_is_no_domain_is_told(domain):
    with pytest.raises(ValueError, match="its domain is none"):
        on_the_wire(domain)


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("https://bücher.example/Größe", "https://xn--bcher-kva.example/Gr%C3%B6%C3%9Fe"),
        ("https://кампания.example:8443/a b", "https://xn--80aayflhm5k.example:8443/a%20b"),
        ("https://x.example/Gr%C3%B6%C3%9Fe", "https://x.example/Gr%C3%B6%C3%9Fe"),
        ("http://127.0.0.1:8087", "http://127.0.0.1:8087"),
        ("http://[::1]:8087/bot", "http://[::1]:8087/bot"),
        ("https://my_host.internal/~us", "https://my_host.internal/~us"),
    ],
)
def test_the_address_of_a_page_is_written_in_ascii_once(written, form):
    assert url_on_the_wire(written) == url_on_the_wire(form) == form


@pytest.mark.parametrize("url", ["https://x.example:web", "https://-ü.example", "https://[::1"])
def test_what_is_no_address_of_a_page_is_told(url):
    with pytest.raises(ValueError, match=r".+"):
        url_on_the_wire(url)
