"""Whether people reach the pages: somebody listens where config.toml says, and the public address
leads there, with a certificate that browsers trust.
"""

import socket
from dataclasses import replace
from typing import Final

import requests

from bot.config import Settings, Web
from bot.jobs.operations.findings import Finding
from bot.networks.common import certificates
from bot.networks.common.bounds import PAGE
from bot.networks.common.requests import Adapter

PATIENCE: Final = 10.0
"""Seconds that the public address has to answer."""

_CHECK: Final = "web"
_OK, _ILL = 200, 503
_MOST: Final = 100_000  # bytes of the answer


def pages(settings: Settings) -> list[Finding]:
    """Return what was found of `[web]`; nothing where no pages are served.

    It opens a connection to `listen`, and asks /healthz at `public_url` as anybody would.
    """
    web = settings.web
    return [] if web is None else [_listening(web), _public(web)]


def _listening(web: Web) -> Finding:
    host, _, port = web.listen.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=2).close()
    except OSError as error:
        why = error.strerror or str(error)
        return Finding.note(
            _CHECK,
            web.listen,
            f"nothing listens there ({why}); `drumbeat run` does, as long as it runs",
        )
    return Finding.ok(_CHECK, web.listen, "something listens there")


def _public(web: Web) -> Finding:
    url = f"{web.public_url}/healthz"
    try:
        status, ours = _asked(url)
    except (requests.RequestException, ValueError, OSError) as error:
        why = certificates.fault(error) or f"it can't be reached ({type(error).__name__})"
        return Finding.problem(
            _CHECK,
            web.public_url,
            f"{why}; letters and posts lead people there: look at the name's address, the web"
            " server in front and its certificate (docs/operations.md, What strangers reach)",
        )
    if ours and status in (_OK, _ILL):
        return _answers(web, ill=status == _ILL)
    return Finding.problem(
        _CHECK,
        web.public_url,
        f"{url} answers {status}, and not as drumbeat does: let the web server in front pass this"
        f" address on to {web.listen}",
    )


def _answers(web: Web, *, ill: bool) -> Finding:
    url = web.public_url
    if ill:
        return Finding.problem(_CHECK, url, "drumbeat answers there, but can't read its database")
    if not url.startswith("https://"):
        return Finding.note(
            _CHECK,
            url,
            "people reach the pages, but without TLS: who sits between can read and change them",
        )
    return Finding.ok(_CHECK, url, "people reach the pages, and trust the certificate")


def _asked(url: str) -> tuple[int, bool]:
    """Return the status of an address, and whether its answer is one of our /healthz."""
    with requests.Session() as session:
        for scheme in ("https://", "http://"):
            # of any address: the operator's own may stand within their network
            session.mount(scheme, Adapter(replace(PAGE, total=PATIENCE, most=_MOST)))
        page = session.get(url, allow_redirects=False)
        try:
            told = page.json()
        except ValueError:
            return page.status_code, False
    return page.status_code, isinstance(told, dict) and "status" in told
