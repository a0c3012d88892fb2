"""The transport under python-telegram-bot, on aiohttp: some fifty times faster at many messages in
flight than its own, and exact about failures.

What matters to the outbox is whether a request can have arrived, so each failure is one of these
(all are python-telegram-bot's `TelegramError`):

=================  ==================================================================
`NotConnected`     nothing left: no address, no connection, no TLS
`NoAnswer`         the request left, or may have; no answer came, or no readable one
`Answered`         an answer with a status that python-telegram-bot does not tell apart
=================  ==================================================================

The URL holds the bot's token and aiohttp's exceptions hold the URL, so these errors carry words of
their own and no exception behind them.
"""

import asyncio
import json
from typing import Any, TypeVar, cast

import aiohttp
from aiohttp.helpers import get_env_proxy_for_url
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from typing_extensions import override
from yarl import URL

from bot.networks.common.bounds import API, Bounds
from bot.networks.common.certificates import fault
from bot.networks.common.rest import rest

_REST = 30.0  # seconds, when a 429 doesn't say
_UPLOAD = 3  # times as long for a request that carries a file
_OK, _TOO_MANY = 200, 429
_JSON = {"Content-Type": "application/json"}
_UNDERSTOOD = frozenset(
    {400, 401, 403, 404, 409}
)  # statuses that python-telegram-bot makes errors of their own of


B = TypeVar("B", bytes, bytearray)


class NotConnected(NetworkError):
    """No connection came about: certainly nothing has left."""


class NoAnswer(TimedOut):
    """The request left, or may have, and no readable answer came."""


class Answered(NetworkError):
    """A status beyond those of python-telegram-bot: `code`, and for 429 `retry_after` in
    seconds.
    """

    def __init__(self, code: int, retry_after: float = _REST) -> None:
        super().__init__(f"the server answered {code}")
        self.code = code
        self.retry_after = retry_after


class _Heard:
    """An answer that is here already, in the place of parameters: python-telegram-bot then makes
    its error of it.
    """

    contains_files = False

    def __init__(self, code: int, payload: bytes) -> None:
        self.code, self.payload = code, payload


class AiohttpRequest(BaseRequest):
    """Requests of python-telegram-bot by aiohttp, over one shared session, within `bounds`.

    Where the library waits longer for an answer, as it does for updates, the whole may take so
    much longer too. The proxy that the environment names is looked up once for each method: aiohttp
    itself does so in a thread at each request, which takes a third of a small one's time.
    """

    def __init__(self, bounds: Bounds = API) -> None:
        self._bounds = bounds
        self._session: aiohttp.ClientSession | None = None
        self._closed = False
        self._proxies: dict[str, URL | None] = {}
        # An answer in JSON comes in one piece: the time for a piece bounds all of it, and no timer
        # is set anew with each packet.
        self._usual = aiohttp.ClientTimeout(
            total=min(bounds.seconds(), bounds.connect + bounds.answer),
            connect=bounds.connect,
            sock_connect=bounds.connect,
        )

    async def call(self, url: str, body: bytes) -> Any:
        """Post a method's parameters, an object in JSON, and return its result.

        Raises what python-telegram-bot makes of a refusal, or `NotConnected`, `NoAnswer` or
        `Answered`.
        """
        code, payload = await self._exchange("POST", url, body, _JSON, self._usual)
        if code == _OK:
            return self.parse_json_payload(payload)["result"]
        return await self.post(url, cast("RequestData", _Heard(code, payload)))

    @property
    @override
    def read_timeout(self) -> float:
        """Seconds to wait for an answer."""
        return self._bounds.answer

    @override
    async def initialize(self) -> None:
        """Open the session, in the running loop."""
        self._closed = False
        if self._session is None or self._session.closed:
            # How many are in flight is the dispatcher's business: no limit here, or waiting for a
            # free connection would look like a dead network.
            connector = aiohttp.TCPConnector(limit=0)
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
            )

    @override
    async def shutdown(self) -> None:
        """Close the session: what is still asked to leave does not, until `initialize`."""
        self._closed = True
        if self._session is not None:
            await self._session.close()

    @override
    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        # aiohttp has none; the total covers it
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        # there is no limit to wait for
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Send one request; gives status and body.

        Raises `NotConnected`, `NoAnswer` or `Answered`.
        """
        given: object = request_data
        if isinstance(given, _Heard):
            return given.code, given.payload
        within = self._timeout(_given(read_timeout, self._bounds.answer), request_data)
        data = None if request_data is None else _form(request_data)
        return await self._exchange(method, url, data, None, within)

    async def _exchange(
        self,
        method: str,
        url: str,
        data: aiohttp.FormData | dict[str, str] | bytes | None,
        headers: dict[str, str] | None,
        within: aiohttp.ClientTimeout,
    ) -> tuple[int, bytes]:
        if self._closed:  # nobody would close what is opened now
            raise NotConnected("the session is closed")
        if self._session is None or self._session.closed:
            await self.initialize()
        proxy = self._proxies[url] if url in self._proxies else await self._proxy(url)
        code, payload = 0, b""
        failure: TelegramError | None = None
        try:
            async with self._open.request(
                method,
                url,
                data=data,
                headers=headers,
                proxy=proxy,
                timeout=within,
                allow_redirects=False,
            ) as response:
                code = response.status
                payload = await self._whole(response)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            failure = _failure(error)
        # Raised out here, or the exception with the URL in it would hang on behind.
        if failure := _status(code, payload) or failure:
            raise failure
        return code, payload

    @staticmethod
    @override
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer as a dict; raises `NoAnswer` for anything else.

        Unlike the original it logs nothing.
        """
        try:
            answer = json.loads(payload.decode())
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise NoAnswer("the answer can't be read") from None
        return answer

    async def _proxy(self, url: str) -> URL | None:
        """Look up the proxy that the environment names for an address; None for none.

        Raises `NotConnected` for one that can't be asked.
        """
        try:
            proxy = self._proxies[url] = await asyncio.to_thread(_proxy_for, URL(url))
        except ValueError:
            raise NotConnected("the proxy of the environment can't be used") from None
        return proxy

    def _timeout(self, read: float, request_data: RequestData | None) -> aiohttp.ClientTimeout:
        bounds, size = self._bounds, _size(request_data)
        return aiohttp.ClientTimeout(
            total=bounds.seconds(size) + max(0.0, read - bounds.answer),
            connect=bounds.connect,
            sock_connect=bounds.connect,
            sock_read=read * (_UPLOAD if size else 1),
        )

    async def _whole(self, response: aiohttp.ClientResponse) -> bytes:
        if response.content.is_eof():  # it came with its head, as small answers do
            return self._bounded(response.content.read_nowait())
        payload = bytearray()
        async for piece in response.content.iter_any():
            payload += piece
            self._bounded(payload)
        return bytes(payload)

    def _bounded(self, payload: B) -> B:
        if len(payload) > self._bounds.most:
            raise aiohttp.ClientPayloadError("the answer is too large")
        return payload

    @property
    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise NotConnected("the session is closed")
        return self._session


def _given(value: Any, default: float) -> float:
    return default if value is None or value is BaseRequest.DEFAULT_NONE else float(value)


def _size(request_data: RequestData | None) -> int:
    """Bytes of the files that a request carries."""
    if request_data is None or not request_data.contains_files:
        return 0
    files = request_data.multipart_data.values()
    return sum(len(content) for _, content, _ in files if isinstance(content, bytes))


def _proxy_for(url: URL) -> URL | None:
    try:
        proxy, auth = get_env_proxy_for_url(url)
    except LookupError:
        return None
    return proxy if auth is None else proxy.with_user(auth.login).with_password(auth.password)


def _form(request_data: RequestData) -> aiohttp.FormData | dict[str, str]:
    if not request_data.contains_files:
        return request_data.json_parameters
    form = aiohttp.FormData()
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return form


def _failure(error: Exception) -> TelegramError:
    if why := fault(error):
        return NotConnected(why)
    match error:
        case aiohttp.ClientConnectorError():
            return NotConnected(f"no connection: {error.os_error.strerror or error.os_error}")
        case (
            aiohttp.ConnectionTimeoutError() | aiohttp.ClientHttpProxyError() | aiohttp.InvalidURL()
        ):
            return NotConnected(f"no connection: {type(error).__name__}")
        case _:
            return NoAnswer(f"no answer: {type(error).__name__}")


def _status(code: int, payload: bytes) -> Answered | None:
    """The error for a status that python-telegram-bot doesn't tell apart.

    None for the others, and while there is no status.
    """
    if code == _TOO_MANY:
        return Answered(code, _resting(payload))
    success = 200 <= code < 300  # noqa: PLR2004
    return None if code == 0 or success or code in _UNDERSTOOD else Answered(code)


def _resting(payload: bytes) -> float:
    return rest(_REST, lambda: float(json.loads(payload)["parameters"]["retry_after"]))
