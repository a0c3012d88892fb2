"""Certificates: a server whose certificate is not trusted is told so, on every network.

Libraries tell it as a connection that failed, and trying again later helps against that. Here a
person has to do something: whoever runs the server, or the operator, whose machine may lack the
authority that signed it or have a wrong clock.
"""

import re
import ssl
from collections.abc import Iterator

_SAID = re.compile(r"certificate verify failed: (.+?) \(_ssl")


def fault(error: BaseException | None) -> str | None:
    """What is wrong with the server's certificate, as a sentence; None where the error, with all
    that stands behind it, speaks of no certificate.
    """
    # that of aiohttp is of the same class, and does not say why
    reasons = (
        getattr(each, "verify_message", None)
        for each in _behind(error, set())
        if isinstance(each, ssl.SSLCertVerificationError)
    )
    why = next(filter(None, reasons), None)
    return None if why is None else _sentence(why)


def told(words: str) -> str | None:
    """As `fault`, of what a library logs of an error."""
    match = _SAID.search(words)
    return None if match is None else _sentence(match[1])


def _sentence(why: str) -> str:
    return (
        f"the server's certificate is not trusted ({why.rstrip('.')}); whoever runs the server"
        " mends it, or see docs/operations.md, Certificates"
    )


def _behind(error: object, seen: set[int]) -> Iterator[BaseException]:
    """The error and all that it carries: causes, and errors that libraries put into their own."""
    if not isinstance(error, BaseException) or id(error) in seen:
        return
    seen.add(id(error))
    yield error
    for inner in (
        error.__cause__,
        error.__context__,
        getattr(error, "reason", None),
        getattr(error, "os_error", None),
        *error.args,
    ):
        yield from _behind(inner, seen)
