"""Domains beyond ASCII, and addresses of pages with them, in the form that servers take.

By IDNA 2008 and UTS 46, as browsers do, and not by the older rules of Python's own codec: these
make ``strasse.example`` of ``straße.example``, which is somebody else's.
"""

from urllib.parse import quote, urlsplit, urlunsplit

import idna

_SAFE = "/?%:@!$&'()*+,;=-._~"
"""What stands in a path or query as it is (RFC 3986), and what encodes the rest."""


def on_the_wire(domain: str) -> str:
    """Return the domain in its ``xn--`` form.

    Raises `ValueError` where it is none.
    """
    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        raise ValueError("its domain is none") from None


def as_written(domain: str) -> str:
    """Return a domain in its ``xn--`` form as people write it."""
    return idna.decode(domain)


def url_on_the_wire(url: str) -> str:
    """Return the address of a page with its domain in the ``xn--`` form, its port, and its path
    percent-encoded: ``https://bücher.example/Größe`` is
    ``https://xn--bcher-kva.example/Gr%C3%B6%C3%9Fe``.

    Raises `ValueError` where it has no domain, or its port is none.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port
    place = parts.netloc
    if not place.isascii():
        place = on_the_wire(host) + (f":{port}" if port is not None else "")
    path, query = (quote(part, safe=_SAFE) for part in (parts.path, parts.query))
    return urlunsplit(parts._replace(netloc=place, path=path, query=query))
