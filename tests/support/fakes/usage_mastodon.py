"""A Mastodon instance: what it remembers of a hashtag in seven days, and its tag timeline, newest
first, forty posts a page. Hashtags are folded: 'Niñez' and 'ninez' are one, and come as the latter.

Follows Mastodon 4.4. Leaves out: folding of letters beyond Latin, trends, and posts that are not
public.
"""

import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from aiohttp import web

from fakes.base import FakeServer

DAY = timedelta(days=1)
WORDS = {
    401: "This method requires an authenticated user",
    404: "Record not found",
    429: "Too many requests",
}


def fold(word: str) -> str:
    """The name under which an instance keeps a hashtag."""
    return "".join(
        sign for sign in unicodedata.normalize("NFD", word) if not "\u0300" <= sign <= "\u036f"
    ).lower()


class Fake(FakeServer):
    network = "mastodon"
    secrets: ClassVar = {"access_token": "ZA-Yj3aBD8U8Cm7lKUp-lm9O9BmDgdhHzDeqsY8tlL0"}

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime.now(UTC)
        self.posts: list[dict[str, Any]] = []
        #: day -> uses; None: a server of another make, which has no such page
        self.history: dict[datetime, int] | None = {}
        self.wants_token = False
        self.calls: list[str] = []
        self.page = 40

    def add(
        self,
        at: datetime,
        *tags: str,
        uri: str | None = None,
        author: str = "ada",
        boosts: int = 0,
        text: str = "Private thoughts",
    ) -> dict[str, Any]:
        """A post as the instance tells it."""
        number = str(int(at.timestamp() * 1000) << 16 | len(self.posts))
        post = {
            "id": number,
            "created_at": at.isoformat().replace("+00:00", "Z"),
            "uri": uri or f"{self.url}/users/{author}/statuses/{number}",
            "url": f"{self.url}/@{author}/{number}",
            "content": f"<p>{text}</p>",
            "visibility": "public",
            "sensitive": False,
            "spoiler_text": "",
            "language": "en",
            "reblog": None,
            "reblogs_count": boosts,
            "favourites_count": 0,
            "replies_count": 0,
            "media_attachments": [],
            "mentions": [],
            "emojis": [],
            "card": None,
            "poll": None,
            "in_reply_to_id": None,
            "in_reply_to_account_id": None,
            "account": {
                "id": "1",
                "username": author.partition("@")[0],
                "acct": author,
                "display_name": author.title(),
                "note": "A profile",
            },
            "tags": [
                {"name": fold(tag.removeprefix("#")), "url": f"{self.url}/tags/{tag}"}
                for tag in tags
            ],
        }
        self.posts.append(post)
        return post

    def refusal(self, status: int) -> web.Response:
        return web.json_response(
            {"error": WORDS.get(status, "Something went wrong")}, status=status
        )

    async def answer(self, request: web.Request) -> web.Response:
        self.calls.append(request.path)
        token = request.headers.get("Authorization")
        if token not in (None, f"Bearer {self.secrets['access_token']}") or (
            self.wants_token and token is None
        ):
            return self.refusal(401)
        kind, _, word = request.path.rpartition("/")
        if kind == "/api/v1/tags":
            return self._tag(word)
        if kind == "/api/v1/timelines/tag":
            return self._timeline(word, dict(request.query))
        if kind == "/api/v1/statuses":
            return self._status(word)
        return self.refusal(404)

    def _status(self, number: str) -> web.Response:
        there = (post for post in self.posts if post["id"] == number)
        post = next((post for post in there if post["visibility"] == "public"), None)
        return self.refusal(404) if post is None else web.json_response(post)

    def _tag(self, word: str) -> web.Response:
        if self.history is None:
            return self.refusal(404)
        today = self.now.replace(hour=0, minute=0, second=0, microsecond=0)
        history = [
            {
                "day": str(int((today - n * DAY).timestamp())),
                "uses": str(uses),
                "accounts": str(min(uses, 3)),
            }
            for n in range(7)
            if (uses := self.history.get(today - n * DAY, 0)) is not None
        ]
        return web.json_response(
            {
                "name": fold(word),
                "url": f"{self.url}/tags/{word}",
                "history": history,
                "following": False,
            }
        )

    def _timeline(self, word: str, query: dict[str, str]) -> web.Response:
        if (
            set(query) - {"limit", "max_id", "local", "only_media", "remote"}
            or int(query.get("limit", 20)) > 40
        ):
            return web.json_response({"error": "Validation failed"}, status=422)
        below = int(query.get("max_id", 2**80))
        found = [
            p
            for p in self.posts
            if int(p["id"]) < below and fold(word) in {tag["name"] for tag in p["tags"]}
        ]
        return web.json_response(
            sorted(found, key=lambda p: int(p["id"]), reverse=True)[
                : min(self.page, int(query.get("limit", 20)))
            ]
        )
