"""What everything on the library httpx shares: bounds on every exchange.

Only its asynchronous half, which can be stopped wherever it waits.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
from typing_extensions import override

from bot.networks.common.bounds import PIECE, Bounds

_PACKED = frozenset({"content-encoding", "content-length", "transfer-encoding"})
"""Headers that say how an answer came, which is over once it is unpacked."""


class TooMuch(httpx.ReadError):
    """The answer is larger than anything that the server has to say."""


class Client(httpx.AsyncClient):
    """A client whose exchanges keep within `bounds`, and that follows no redirect.

    Raises `httpx.ReadTimeout` when the time is over, `TooMuch` for an answer that is too large,
    `httpx.ProxyError` where the environment names a proxy that can't be asked.
    """

    def __init__(self, bounds: Bounds) -> None:
        timeout = httpx.Timeout(bounds.answer, connect=bounds.connect)
        self._bounds = bounds
        self._unfit = ""
        try:
            super().__init__(follow_redirects=False, timeout=timeout)
        except (ImportError, ValueError, httpx.InvalidURL) as error:
            # a proxy of a kind that the library can't ask; to go around it is not ours to decide
            self._unfit = f"the proxy can't be used: {error}"
            super().__init__(follow_redirects=False, timeout=timeout, trust_env=False)

    @override
    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        if self._unfit:
            raise httpx.ProxyError(self._unfit, request=request)
        seconds = self._bounds.seconds(int(request.headers.get("Content-Length", 0)))
        over: httpx.HTTPError
        try:
            async with asyncio.timeout(seconds):
                answer = await super().send(request, **{**options, "stream": True})
                try:
                    return await self._whole(answer)
                finally:
                    await answer.aclose()
        except TimeoutError:
            over = httpx.ReadTimeout("the time is over", request=request)
        raise over

    async def _whole(self, answer: httpx.Response) -> httpx.Response:
        """The answer with all that it says, unpacked."""
        answer.stream = _Pieces(answer.stream)
        left, pieces = self._bounds.most, []
        async for piece in answer.aiter_bytes():
            left -= len(piece)
            if left < 0:
                raise TooMuch("the answer is too large", request=answer.request)
            pieces.append(piece)
        headers = [pair for pair in answer.headers.multi_items() if pair[0] not in _PACKED]
        return httpx.Response(
            answer.status_code, headers=headers, content=b"".join(pieces), request=answer.request
        )


class _Pieces(httpx.AsyncByteStream):
    """The stream of an answer in small pieces."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    @override
    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._stream:
            for start in range(0, len(piece), PIECE):
                yield piece[start : start + PIECE]

    @override
    async def aclose(self) -> None:
        await self._stream.aclose()
