"""The servers with posts of others: they can be found by hashtag, looked at, boosted and quoted.

And they count hashtags. One server for each account.

Mastodon follows GoToSocial 0.20: a second boost of a post is another one, and taking one back leaves
the other. Bluesky follows its development environment, X its documentation of November 2026. Left
out: notifications, who may quote, and likes.
"""

import json
import re
from datetime import datetime
from typing import Any

from aiohttp import web

from fakes import mastodon, usage_bluesky, usage_mastodon, usage_x, x
from fakes.bluesky import DID, TID, Refusal, cid

X_ID = "370773112"


class Mastodon(mastodon.Fake):
    def __init__(self) -> None:
        super().__init__()
        #: the tag timelines, and what the instance remembers of hashtags
        self.others = usage_mastodon.Fake()
        self.boosts: list[str] = []

    def add_other(
        self,
        at: datetime,
        *tags: str,
        author: str,
        text: str = "We keep our promise",
        **fields: Any,
    ) -> dict[str, Any]:
        self.others.url = self.url
        post = self.others.add(at, *tags, author=author, text=text)
        post.update(fields)
        return post

    async def _route(self, request: web.Request) -> web.Response:
        path = request.path
        if path.startswith(("/api/v1/tags/", "/api/v1/timelines/tag/")):
            self.others.url = self.url
            return await self.others.answer(request)
        if match := re.fullmatch(r"/api/v1/statuses/(\d+)(/reblog|/unreblog)?", path):
            found = next((post for post in self.others.posts if post["id"] == match[1]), None)
            if found is not None or match[2] or request.method == "GET":
                return self._other(found, f"{request.method} {match[2] or ''}")
        return await super()._route(request)

    def _other(self, found: dict[str, Any] | None, call: str) -> web.Response:
        if found is None:
            raise mastodon.Refusal(404, "Record not found")
        if call == "POST /reblog":
            self.boosts.append(found["id"])
        elif call == "POST /unreblog" and found["id"] in self.boosts:
            self.boosts.remove(found["id"])
        elif call not in ("GET ", "POST /reblog", "POST /unreblog"):
            raise mastodon.Refusal(404, "Record not found")
        shown = {**found, "reblogged": found["id"] in self.boosts}
        return web.json_response(
            {**shown, "id": "9" + found["id"], "reblog": shown} if call == "POST /reblog" else shown
        )


class Bluesky(usage_bluesky.Fake):
    def __init__(self) -> None:
        super().__init__()
        #: rkey -> subject
        self.reposts: dict[str, dict[str, str]] = {}

    async def answer(self, request: web.Request) -> web.Response:
        if request.path.endswith("app.bsky.feed.getPosts"):
            self._check_token(request)
            uris = request.query.getall("uris")
            found = [
                {**post, "$type": "app.bsky.feed.defs#postView"}
                for post in self.posts
                if post["uri"] in uris
            ]
            return web.json_response({"posts": found})
        return await super().answer(request)

    # the method's name
    async def _putRecord(self, request: web.Request) -> dict[str, Any]:
        body = await request.json()
        if body["collection"] != "app.bsky.feed.repost":
            return await super()._putRecord(request)
        record = body["record"]
        if set(record) != {"$type", "subject", "createdAt"} or not TID.fullmatch(body["rkey"]):
            raise Refusal(400, "InvalidRequest", "Invalid app.bsky.feed.repost record")
        subject = {name: value for name, value in record["subject"].items() if name != "$type"}
        if subject not in [{"uri": post["uri"], "cid": post["cid"]} for post in self.posts]:
            raise Refusal(400, "InvalidRequest", "Could not find the subject")
        self.reposts[body["rkey"]] = subject
        return {
            "uri": f"at://{DID}/app.bsky.feed.repost/{body['rkey']}",
            "cid": cid(json.dumps(record).encode()),
        }

    # the method's name
    async def _deleteRecord(self, request: web.Request) -> dict[str, Any]:
        body = await request.json()
        if body["collection"] != "app.bsky.feed.repost":
            return await super()._deleteRecord(request)
        self.reposts.pop(body["rkey"], None)
        return {}


class X(x.Fake):
    def __init__(self) -> None:
        super().__init__()
        self.others: list[dict[str, Any]] = []
        self.queries: list[str] = []
        self.reposts: list[str] = []
        self.quotes: list[tuple[str, str]] = []
        #: hashtag counts, by the app's own token
        self.counts = usage_x.Fake()

    def add_other(self, at: datetime, author: str, text: str, *, media: bool = False) -> str:
        number = str(1390000000000000000 + len(self.others))
        more = {"attachments": {"media_keys": ["3_1"]}} if media else {}
        created = at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        self.others.append(
            {
                "id": number,
                "text": text,
                "created_at": created,
                "author": author,
                "edit_history_tweet_ids": [number],
                **more,
            }
        )
        return number

    async def answer(self, request: web.Request) -> web.Response:
        if request.path == "/2/tweets/counts/recent":
            return await self.counts.answer(request)
        return await super().answer(request)

    async def _route(self, request: web.Request) -> web.Response:
        call = f"{request.method} {request.path}"
        if call == "GET /2/tweets/search/recent":
            return self._search(dict(request.query))
        if match := re.fullmatch(r"GET /2/tweets/(\d+)", call):
            found = [post for post in self.others if post["id"] == match[1]]
            missing = {
                "errors": [
                    {
                        "title": "Not Found Error",
                        "detail": "Could not find tweet",
                        "value": match[1],
                    }
                ]
            }
            return web.json_response({"data": found[0]} if found else missing)
        if call == f"POST /2/users/{X_ID}/retweets":
            number = (await request.json())["tweet_id"]
            if number not in [post["id"] for post in self.others]:
                raise x.Refusal(404, "Could not find tweet with id")
            self.reposts += [number] if number not in self.reposts else []
            return web.json_response({"data": {"retweeted": True}})
        if match := re.fullmatch(rf"DELETE /2/users/{X_ID}/retweets/(\d+)", call):
            self.reposts.remove(match[1])
            return web.json_response({"data": {"retweeted": False}})
        return await super()._route(request)

    async def _post(self, request: web.Request) -> web.Response:
        body = json.loads(await request.text())
        quoted = body.get("quote_tweet_id")
        if quoted is None:
            return await super()._post(request)
        if set(body) != {"text", "quote_tweet_id"} or quoted not in [
            post["id"] for post in self.others
        ]:
            raise x.Refusal(400, x.WORDS[400])
        self.quotes.append((body["text"], quoted))
        return web.json_response(
            {"data": {"id": self.add(body["text"])["id"], "text": body["text"]}}, status=201
        )

    def _search(self, query: dict[str, str]) -> web.Response:
        match = re.fullmatch(r"from:(\w{1,15}) \((#\w+(?: OR #\w+)*)\) -is:retweet", query["query"])
        if (
            set(query) != {"query", "start_time", "max_results", "tweet.fields"}
            or match is None
            or not 10 <= int(query["max_results"]) <= 100
        ):
            raise x.Refusal(400, x.WORDS[400])
        self.queries.append(query["query"])
        tags, since = (
            match[2].lower().split(" OR ".lower()),
            datetime.fromisoformat(query["start_time"]),
        )
        found = [
            {name: value for name, value in post.items() if name != "author"}
            for post in self.others
            if post["author"].lower() == match[1].lower()
            and datetime.fromisoformat(post["created_at"]) >= since
            and any(tag in post["text"].lower() for tag in tags)
        ]
        meta = {"result_count": len(found)}
        return web.json_response({"data": found, "meta": meta} if found else {"meta": meta})
