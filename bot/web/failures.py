"""Answers for what fails or isn't there: in the words of letters' pages for their addresses, in
those of the public site for all others, and as problem details for programs.
"""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from bot.rules.tokens import Purpose
from bot.web.headers import Receive, Scope, Send
from bot.web.pages import Pages
from bot.web.public import Site
from bot.web.public.api.problems import problem

_LETTERS = frozenset(purpose.value for purpose in Purpose)
_TOLD = "drumbeat.told"
"""Where a request keeps the error that `Failures.broken` has logged."""


class Failures:
    """The handlers of errors in both kinds of pages."""

    def __init__(self, site: Site, pages: Pages) -> None:
        self._site, self._pages = site, pages

    async def lost(self, request: Request, error: Exception) -> Response:
        """Answer with a page that there is nothing here, or no longer."""
        if self._is_letters(request):
            return await self._pages.lost(request, error)
        status, headers = getattr(error, "status_code", 404), getattr(error, "headers", None)
        if self._site.asks_for_data(request):
            return problem(status, getattr(error, "detail", ""), headers)
        return self._site.failed(request, status, headers)

    async def broken(self, request: Request, error: Exception) -> Response:
        """Answer with a page that something of ours failed, and log the error."""
        request.scope[_TOLD] = error
        if self._is_letters(request):
            return await self._pages.broken(request, error)
        page = self._site.broken(request, error)
        return problem(page.status_code) if self._site.asks_for_data(request) else page

    def _is_letters(self, request: Request) -> bool:
        """Return whether a letter's link led here, and not a page that is called as one is."""
        return self._site.below(request).strip("/").partition("/")[0] in _LETTERS


class Once:
    """An ASGI application that keeps to itself what `Failures.broken` has logged and answered.

    Starlette raises it once more after the answer, and uvicorn would log it a second time.
    """

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and raise only what nobody has heard of (ASGI)."""
        try:
            await self._app(scope, receive, send)
        except Exception as error:
            if error is not scope.get(_TOLD):
                raise
