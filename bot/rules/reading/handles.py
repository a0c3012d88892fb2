"""Handles on social networks and e-mail addresses: what a person types becomes the right form, or
an error. Pure; the shapes of handles are data.

A shape says which hosts a network has, what its names look like and where a profile lives. People
type whatever they have at hand: ``@ilo``, ``ilo``, ``https://x.com/ilo?s=20``, ``X: @ilo``. Whether
an account exists is not looked up here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from unicodedata import normalize as composed
from urllib.parse import parse_qs, unquote, urlsplit

import regex

from bot.gaps import filled
from bot.model.pledge import Handle
from bot.model.shared import FreeMail, HandleShape

MOST = 200
"""Most characters of what may be a handle."""

PATIENCE = 0.2
"""Seconds that a pattern of the data has for one name; a good one takes a millionth."""

_EMAIL = re.compile(
    r"(?=[!-~]+@)[^@\s\x00-\x1f\x7f,;<>\"'()\[\]\\]{1,64}@"
    r"(?:[\w](?:[\w-]{0,61}[\w])?\.)+[\w-]{2,24}"
)


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """The reason why a text is no handle; empty when not even the network could be guessed."""

    given: str
    label: str = ""
    example: str = ""


def normalise(text: str, shape: HandleShape) -> Handle | Wrong:
    """Return the handle on this network that `text` means, or what is wrong."""
    text = text.strip()
    name = None if len(text) > MOST else _name(text, shape)
    if name is None:
        return Wrong(given=text[:MOST], label=shape.label, example=shape.example)
    return Handle(network=shape.network, name=name, url=_url(name, shape))


def _name(text: str, shape: HandleShape) -> str | None:
    link = _link(text)
    if link is not None:
        return _from_link(link, shape)
    name = text.lstrip("@")
    if shape.suffix and "." not in name:
        name += shape.suffix
    return _checked(name, shape)


def _link(text: str) -> tuple[str, list[str], Mapping[str, list[str]]] | None:
    """Return host, parts of the path, and query of what looks like an address; else None."""
    if not re.match(r"https?://", text, re.IGNORECASE):
        if text.startswith("@") or "/" not in text or "." not in text.partition("/")[0]:
            return None
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host = (
            (parts.hostname or "").removeprefix("www.").removeprefix("m.").removeprefix("mobile.")
        )
    except ValueError:
        return "", [], {}
    return host, [unquote(part) for part in parts.path.split("/") if part], parse_qs(parts.query)


def _from_link(
    link: tuple[str, list[str], Mapping[str, list[str]]], shape: HandleShape
) -> str | None:
    host, path, query = link
    if not shape.hosts:
        # every server is its own: https://server/@name
        return (
            _checked(f"{path[0].lstrip('@')}@{host}", shape)
            if path and path[0].startswith("@")
            else None
        )
    if not _is_host(host, shape):
        return None
    if "id" in query and path == ["profile.php"]:
        return _checked(query["id"][0], shape)
    if shape.sections:
        return _checked("/".join(path[:2]), shape)
    if len(path) > 1 and path[0] in ("profile", "pages", "people", "pg"):
        path = path[-1:]
    return _checked(path[0].lstrip("@"), shape) if path else None


def _is_host(host: str, shape: HandleShape) -> bool:
    return any(host == known or host.endswith(f".{known}") for known in shape.hosts)


def _checked(name: str, shape: HandleShape) -> str | None:
    if shape.sections:
        section, _, rest = name.partition("/")
        return name if section in shape.sections and _fits(rest, shape) else None
    if name.casefold() in shape.not_names:
        return None
    return name if _fits(name, shape) else None


def _fits(name: str, shape: HandleShape) -> bool:
    """Return whether it looks like a name on this network; False where the pattern takes too
    long.
    """
    try:
        return regex.fullmatch(shape.name.pattern, name, timeout=PATIENCE) is not None
    except TimeoutError:
        return False


def _url(name: str, shape: HandleShape) -> str:
    if not shape.hosts:
        user, _, server = name.partition("@")
        return filled(shape.url, name=user, server=server)
    return filled(shape.url, name=name)


def read(
    text: str, known: Mapping[str, HandleShape]
) -> tuple[tuple[Handle, ...], tuple[Wrong, ...]]:
    """Return all handles in a text, one on each line or with commas between, and all that is none.

    The network is known by its name in front, by its host, or by the form of the handle. Each
    network's last handle is returned once, in the order of the shapes.
    """
    handles: dict[str, Handle] = {}
    wrong: list[Wrong] = []
    for part in (part.strip() for part in re.split(r"[\n,;]+", text)):
        if part:
            handle = _guess(part, known)
            if isinstance(handle, Handle):
                handles[handle.network] = handle
            else:
                wrong.append(handle)
    return tuple(handles[network] for network in known if network in handles), tuple(wrong)


def email(given: str) -> str | None:
    """Return the e-mail address, with its domain in small letters.

    None for what is no address, for more than one, and for letters beyond ASCII before the '@',
    which few mail servers take (SMTPUTF8); in the domain they may stand.
    """
    given = composed("NFC", given)
    if len(given) > MOST or not _EMAIL.fullmatch(given):
        return None
    local, _, domain = given.rpartition("@")
    return f"{local}@{domain.lower()}"


def is_free(domain: str, known: FreeMail) -> bool:
    """Return whether anybody can have a mailbox at this domain.

    Domains below a listed one count too.
    """
    labels = domain.lower().split(".")
    if any(".".join(labels[start:]) in known.domains for start in range(len(labels) - 1)):
        return True
    # yahoo.fr, yahoo.co.uk; never mail.gov.in
    return labels[0] in known.names and (
        len(labels) == 2  # noqa: PLR2004
        or (len(labels) == 3 and labels[1] in ("co", "com", "ne", "net"))  # noqa: PLR2004
    )


def _guess(part: str, known: Mapping[str, HandleShape]) -> Handle | Wrong:
    match = re.match(r"([^\s:@/]+)\s*[:=]\s*(?!//)(\S.*)|([^\s:@/]+)\s+(@?\S+)$", part)
    if match:
        word, rest = (match[1], match[2]) if match[1] else (match[3], match[4])
        named = next((shape for shape in known.values() if word.casefold() in shape.words), None)
        if named is not None:
            return normalise(rest, named)
    return _by_form(part, list(known.values()))


def _by_form(part: str, known: Sequence[HandleShape]) -> Handle | Wrong:
    """Return the handle of a part by its host, or by a form that only one network has.

    Such a form is 'name@server'; a bare name could be on any network.
    """
    link = _link(part)
    if link is not None:
        for shape in known:
            if _is_host(link[0], shape):
                return normalise(part, shape)
    for shape in known:
        # 'name@server', or https://server/@name
        if not shape.hosts and isinstance(handle := normalise(part, shape), Handle):
            return handle
    return Wrong(given=part[:MOST])
