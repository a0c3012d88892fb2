"""What a form of ours sends: its fields, within bounds, and whether it was one of ours."""

from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

_MOST_FIELDS = 100


async def fields(request: Request, most_bytes: int) -> dict[str, str]:
    """Return the first value of each field that a form sends.

    Raises `HTTPException` 413 for more than `most_bytes`, 400 where the rest of it never came or it
    is no form.
    """
    body = b""
    try:
        async for part in request.stream():
            body += part
            if len(body) > most_bytes:
                raise HTTPException(413)
        sent = parse_qs(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS
        )
    except (ClientDisconnect, ValueError) as error:
        raise HTTPException(400) from error
    return {name: values[0] for name, values in sent.items()}


def is_own(request: Request, origin: str) -> bool:
    """Return whether a form was sent from a page of ours, as far as the browser says.

    All browsers of since 2023 say so in ``Sec-Fetch-Site``. Older ones give the ``Origin``, which
    our pages keep from everybody by ``Referrer-Policy: no-referrer``: then it is ``null``.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    return request.headers.get("origin", "null") in ("null", origin)
