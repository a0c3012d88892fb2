"""A server that searches Bluesky: by tag and time, newest first, a hundred a page, and no cursor
without a login, as the real one has it.

Follows api.bsky.app and the lexicon of `app.bsky.feed.searchPosts` of November 2026. Leaves out: the
ranking "top", searches by words, languages or domains, and posts that were taken down.
"""

from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from fakes.bluesky import Fake as Server
from fakes.bluesky import Refusal, cid

METHOD = "app.bsky.feed.searchPosts"


class Fake(Server):
    def __init__(self) -> None:
        super().__init__()
        self.posts: list[dict[str, Any]] = []
        self.public = True
        self.page = 100
        self.searches: list[dict[str, str]] = []
        self.logged_in: list[bool] = []

    def add(
        self,
        at: datetime,
        *tags: str,
        author: str = "ada.example",
        boosts: int = 0,
        claims: datetime | None = None,
        words: str = "Private thoughts",
        labels: tuple[str, ...] = (),
    ) -> str:
        """A post with its hashtags as facets; `claims` is the time that it says it has. `labels`
        are those of its account. Return its URI.
        """
        text = " ".join([words, *tags])
        facets, number = [], len(self.posts)
        for tag in tags:
            start = len(text[: text.index(tag)].encode())
            feature = {"$type": "app.bsky.richtext.facet#tag", "tag": tag.removeprefix("#")}
            facets.append(
                {
                    "index": {"byteStart": start, "byteEnd": start + len(tag.encode())},
                    "features": [feature],
                }
            )
        record = {
            "$type": "app.bsky.feed.post",
            "text": text,
            "createdAt": _instant(claims or at),
            "facets": facets,
        }
        self.posts.append(
            {
                "uri": f"at://did:plc:{number:024d}/app.bsky.feed.post/3k{number:011d}",
                "cid": cid(str(number).encode()),
                "author": {
                    "did": f"did:plc:{number:024d}",
                    "handle": author,
                    "displayName": "A profile",
                    "labels": [
                        {
                            "src": f"did:plc:{number:024d}",
                            "uri": f"at://did:plc:{number:024d}/app.bsky.actor.profile/self",
                            "val": label,
                            "cts": _instant(at),
                        }
                        for label in labels
                    ],
                },
                "record": record,
                "indexedAt": _instant(at),
                "repostCount": boosts,
            }
        )
        return str(self.posts[-1]["uri"])

    async def answer(self, request: web.Request) -> web.Response:
        if request.path.endswith("app.bsky.feed.getPosts"):
            wanted = request.query.getall("uris", [])
            if not 1 <= len(wanted) <= 25:
                return Refusal(400, "InvalidRequest", "uris").response
            return web.json_response({"posts": [p for p in self.posts if p["uri"] in wanted]})
        if not request.path.endswith(METHOD):
            return await super().answer(request)
        try:
            login = "Authorization" in request.headers
            if login:
                self._check_token(request)
            self.logged_in.append(login)
            if not login and (not self.public or "cursor" in request.query):
                return web.Response(
                    status=403, text="<html><h1>403 Forbidden</h1></html>", content_type="text/html"
                )
            return web.json_response({"posts": self._search(request), "hitsTotal": 1000})
        except Refusal as refusal:
            return refusal.response

    def _search(self, request: web.Request) -> list[dict[str, Any]]:
        query = dict(request.query)
        self.searches.append(query)
        if (
            set(query) != {"q", "tag", "since", "until", "sort", "limit"}
            or query["sort"] != "latest"
            or not 1 <= int(query["limit"]) <= 100
        ):
            raise Refusal(400, "InvalidRequest", "Params")
        if query["tag"].startswith("#"):
            raise Refusal(400, "InvalidRequest", "tag has a hash")
        since, until = (datetime.fromisoformat(query[name]) for name in ("since", "until"))
        found = [
            p
            for p in self.posts
            if since <= _sorted_by(p) < until and query["tag"].lower() in _tags(p)
        ]
        return sorted(found, key=_sorted_by, reverse=True)[: min(self.page, int(query["limit"]))]


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _sorted_by(post: dict[str, Any]) -> datetime:
    return min(
        datetime.fromisoformat(post["indexedAt"]),
        datetime.fromisoformat(post["record"]["createdAt"]),
    )


def _tags(post: dict[str, Any]) -> set[str]:
    return {facet["features"][0]["tag"].lower() for facet in post["record"]["facets"]}
