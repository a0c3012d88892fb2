"""X's recent counts: the app's bearer token alone, hours of the last seven days, both spellings of
the answer.

Follows docs.x.com (`GET /2/tweets/counts/recent`) as read in November 2026. Leaves out: the archive
of all years, and prices.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from aiohttp import web

from fakes.base import FakeServer
from fakes.x import WORDS, Refusal

HOUR = timedelta(hours=1)
ZULU = "%Y-%m-%dT%H:%M:%S.000Z"


class Fake(FakeServer):
    network = "x"
    secrets: ClassVar = {
        "bearer_token": (
            "AAAAAAAAAAAAAAAAAAAAAMLheAAAAAAA0%2BuSeid%2BULvsea4JtiGRiSDSJSI%3DEUifiRBkKG5E2XzMDjRfl76ZC9Ub0wnz4XsNiRVBChTYbJcE3F"
        )
    }

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime.now(UTC).replace(microsecond=0)
        #: begin of the hour -> posts
        self.hours: dict[datetime, int] = {}
        #: the newer description says post_count, the older one tweet_count
        self.spelling = "post"
        self.queries: list[str] = []
        self.spoil: dict[str, Any] | None = None
        self.headers: dict[str, str] = {}

    def refusal(self, status: int) -> web.Response:
        response = Refusal(status, WORDS[status]).response
        response.headers.update(self.headers)
        return response

    async def answer(self, request: web.Request) -> web.Response:
        try:
            self._check(request)
            return web.json_response(self._counts(dict(request.query)))
        except Refusal as refusal:
            return refusal.response

    def _check(self, request: web.Request) -> None:
        if request.headers.get("Authorization") != f"Bearer {self.secrets['bearer_token']}":
            raise Refusal(401, "Unauthorized")
        if f"{request.method} {request.path}" != "GET /2/tweets/counts/recent":
            raise Refusal(404, "Could not find what was asked for.")

    def _counts(self, query: dict[str, str]) -> dict[str, Any]:
        start = self._start(query.pop("start_time", ""))
        words = query.pop("query", "")
        if query != {"granularity": "hour"} or not re.fullmatch(r"#\w+ -is:retweet", words):
            raise Refusal(400, "One or more parameters to your request was invalid.")
        self.queries.append(words)
        if self.spoil is not None:
            return self.spoil
        buckets = list(self._buckets(start))
        total = sum(bucket[f"{self.spelling}_count"] for bucket in buckets)
        return {"data": buckets, "meta": {f"total_{self.spelling}_count": total}}

    def _start(self, text: str) -> datetime:
        if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text):
            raise Refusal(400, "start_time is not RFC 3339")
        start = datetime.fromisoformat(text)
        if not self.now - timedelta(days=7) <= start < self.now - timedelta(seconds=10):
            raise Refusal(
                400,
                "'start_time' must be on or after seven days ago and 10 seconds prior to the"
                " current time.",
            )
        return start

    def _buckets(self, start: datetime) -> Any:
        end = self.now - timedelta(seconds=30)
        while start < end:
            hour = start.replace(minute=0, second=0)
            stop = min(hour + HOUR, end)
            yield {
                "start": start.strftime(ZULU),
                "end": stop.strftime(ZULU),
                f"{self.spelling}_count": self.hours.get(hour, 0),
            }
            start = stop
