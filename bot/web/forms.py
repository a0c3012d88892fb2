"""What a form of ours sends: its fields, within bounds, and whether it was one of ours."""

from collections.abc import AsyncGenerator, Iterable, Mapping
from urllib.parse import parse_qs

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request
from typing_extensions import override

_MOST_FIELDS = 100


class Fields(dict[str, str]):
    """The first value of each field that a form sends, and its files by the name of their field; a
    field for a file in which none was chosen has no file.
    """

    def __init__(self, fields: Mapping[str, str], files: Mapping[str, bytes] | None = None) -> None:
        super().__init__(fields)
        self.files = dict(files or {})


class _WithoutFiles(MultiPartParser):
    """Keeps what is written in a form, and nothing of the files that come with it."""

    @override
    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        """Keep a part of a field's text."""
        if self._current_part.file is None:
            super().on_part_data(data, start, end)


async def fields(
    request: Request, most_bytes: int, *, files: int = 0, most_text: int | None = None
) -> Fields:
    """Return what a form sends, with up to so many files where it may send any; with `most_text`
    no file, and none of the other fields may have more bytes than that.

    Raises `HTTPException` 413 for more than `most_bytes`, 400 where the rest of it never came or it
    is no form.
    """
    if files and request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await _with_files(request, most_bytes, files, most_text)
    most = most_bytes if most_text is None else min(most_bytes, most_text)
    try:
        body = b"".join([part async for part in _bounded(request, most)])
        sent = parse_qs(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS
        )
    except (ClientDisconnect, ValueError) as error:
        raise HTTPException(400) from error
    return Fields({name: values[0] for name, values in sent.items()})


async def _bounded(request: Request, most_bytes: int) -> AsyncGenerator[bytes, None]:
    there = 0
    async for part in request.stream():
        there += len(part)
        if there > most_bytes:
            raise HTTPException(413)
        yield part


async def _with_files(
    request: Request, most_bytes: int, files: int, most_text: int | None
) -> Fields:
    kind = MultiPartParser if most_text is None else _WithoutFiles
    parser = kind(
        request.headers,
        _bounded(request, most_bytes),
        max_files=files,
        max_fields=_MOST_FIELDS,
        max_part_size=most_bytes if most_text is None else most_text,
    )
    # what somebody sends is never written to a disk before anybody has looked at it
    parser.spool_max_size = most_bytes + 1
    try:
        form = await parser.parse()
    except (ClientDisconnect, MultiPartException, UnicodeError) as error:
        raise HTTPException(400) from error
    try:
        return Fields(*await _parted(reversed(form.multi_items())))
    except UnicodeError as error:
        raise HTTPException(400) from error
    finally:
        await form.close()


async def _parted(
    items: Iterable[tuple[str, str | UploadFile]],
) -> tuple[dict[str, str], dict[str, bytes]]:
    texts, files = dict[str, str](), dict[str, bytes]()
    for name, value in items:
        if isinstance(value, str):
            # a form names its own encoding, and some give half characters that nothing can keep
            texts[name.encode().decode()] = value.encode().decode()
        elif content := await value.read():
            files[name] = content
    return texts, files


def is_own(request: Request, origin: str) -> bool:
    """Return whether a form was sent from a page of ours, as far as the browser says.

    All browsers of since 2023 say so in ``Sec-Fetch-Site``. Older ones give the ``Origin``, which
    our pages keep from everybody by ``Referrer-Policy: no-referrer``: then it is ``null``.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    return request.headers.get("origin", "null") in ("null", origin)
