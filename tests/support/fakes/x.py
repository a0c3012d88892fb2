"""X's API v2: recomputes every OAuth 1.0a signature with oauthlib, counts weighted length with X's
own rules, refuses duplicates, shortens links.

Follows docs.x.com as read in November 2026, and twitter-text 3.1.0 for lengths. Leaves out: OAuth
2.0, polls, counts that only an author sees, replies that an author doesn't allow, and limits that a test doesn't ask for.
"""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from html import escape
from time import time
from types import SimpleNamespace
from typing import Any, ClassVar
from urllib.parse import unquote

from aiohttp import web
from oauthlib.oauth1.rfc5849 import signature
from twitter_text import parse_tweet

from fakes.base import FakeServer, media_type

WORDS = {
    400: "One or more parameters to your request was invalid.",
    401: "Unauthorized",
    402: "Your enrolled account does not have any credits to fulfill this request.",
    403: "You are not permitted to perform this action.",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


class Refusal(Exception):
    """A problem document (RFC 7807), as X answers."""

    def __init__(self, status: int, detail: str, **fields: Any) -> None:
        body = {
            "title": f"Status {status}",
            "detail": detail,
            "type": "about:blank",
            "status": status,
            **fields,
        }
        self.response = web.json_response(
            body, status=status, content_type="application/problem+json"
        )


class Fake(FakeServer):
    network = "x"
    secrets: ClassVar = {
        "api_key": "xvz1evFS4wEEPTGEFPHBog",
        "api_secret": "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
        "access_token": "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
        "access_token_secret": "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
    }

    def __init__(self) -> None:
        super().__init__()
        #: what the next 403 says, and its other fields
        self.forbidden: tuple[str, dict[str, Any]] = (WORDS[403], {})
        self.posts: list[dict[str, Any]] = []
        self.page = 100
        self.calls: list[str] = []
        self.timeline_spoiled: dict[str, Any] = {}
        self.rate_headers = {
            "x-rate-limit-limit": "100",
            "x-rate-limit-remaining": "0",
            "x-rate-limit-reset": str(int(time()) + 420),
        }
        #: media id -> what was uploaded
        self.media: dict[str, dict[str, Any]] = {}
        #: states of a picture that the next looks tell, before it has succeeded
        self.states: list[str] = []
        self.check_after: float = 0.01
        #: counts of a post, by its id; zeros where none are given
        self.metrics: dict[str, dict[str, int]] = {}
        #: ids of posts that are there and shown to nobody
        self.hidden: set[str] = set()
        self._made = 0
        self._nonces: set[str] = set()

    def refusal(self, status: int) -> web.Response:
        detail, fields = self.forbidden if status == 403 else (WORDS[status], {})
        response = Refusal(status, detail, **fields).response
        if status == 429:
            response.headers.update(self.rate_headers)
        return response

    async def answer(self, request: web.Request) -> web.Response:
        try:
            self._check_signature(request)
            return await self._route(request)
        except Refusal as refusal:
            return refusal.response

    async def _route(self, request: web.Request) -> web.Response:
        call = f"{request.method} /{request.match_info['path']}"
        self.calls.append(call)
        if call == "POST /2/tweets":
            return await self._post(request)
        if call == "GET /2/users/me":
            return web.json_response(
                {"data": {"id": "370773112", "name": "Ours", "username": "our_account"}}
            )
        if call == "GET /2/tweets":
            return self._looked_up(request)
        if call == "GET /2/users/370773112/tweets":
            return self._timeline(request)
        if match := re.fullmatch(r"DELETE /2/tweets/(\d+)", call):
            return self._delete(match[1])
        if "/2/media/" in call:
            return await self._media(request, call)
        raise Refusal(404, "Could not find what was asked for.")

    async def _post(self, request: web.Request) -> web.Response:
        if request.content_type != "application/json":
            raise Refusal(400, "The body is not JSON.")
        body = json.loads(await request.text())
        if not {"text"} <= set(body) <= {"text", "media", "reply"} or not body["text"].strip():
            raise Refusal(400, WORDS[400])
        text, media = body["text"], body.get("media", {}).get("media_ids", [])
        if any(one not in self.media or self.media[one]["state"] != "succeeded" for one in media):
            raise Refusal(400, "Your media IDs are invalid.")
        answers = body.get("reply", {}).get("in_reply_to_tweet_id")
        if answers is not None and answers not in {post["id"] for post in self.posts}:
            raise Refusal(
                403, "You attempted to reply to a Tweet that is deleted or not visible to you."
            )
        if parse_tweet(text).weightedLength > 280:
            raise Refusal(403, "Your Tweet text is too long.", title="Forbidden")
        if any(post["sent"] == text for post in self.posts):
            raise Refusal(
                403,
                "You are not allowed to create a Tweet with duplicate content.",
                title="Forbidden",
            )
        post = self.add(text, media=media)
        post["answers"] = answers
        self.texts.append(text)
        return web.json_response(
            {
                "data": {
                    "id": post["id"],
                    "text": post["text"],
                    "edit_history_tweet_ids": [post["id"]],
                }
            },
            status=201,
        )

    async def _media(self, request: web.Request, call: str) -> web.Response:
        """The four calls of the v2 media upload, and the question for its state."""
        if call == "POST /2/media/upload/initialize":
            body = await request.json()
            if set(body) != {"media_type", "total_bytes", "media_category"} or body[
                "media_category"
            ] != ("tweet_gif" if body["media_type"] == "image/gif" else "tweet_image"):
                raise Refusal(400, WORDS[400])
            number = str(1880028106020515840 + len(self.media))
            self.media[number] = {**body, "pieces": [], "state": "open", "alt": None}
            return web.json_response(
                {"data": {"id": number, "media_key": f"3_{number}", "expires_after_secs": 86_400}}
            )
        if call == "POST /2/media/metadata":
            body = await request.json()
            self.media[body["id"]]["alt"] = body["metadata"]["alt_text"]["text"]
            return web.json_response({"data": {"id": body["id"]}})
        if call == "GET /2/media/upload" and request.query["command"] == "STATUS":
            return self._state(request.query["media_id"])
        match = re.fullmatch(r"POST /2/media/upload/(\d+)/(append|finalize)", call)
        if match is None or match[1] not in self.media:
            raise Refusal(404, "Could not find what was asked for.")
        if match[2] == "finalize":
            return self._finalize(match[1])
        form = await request.post()
        if int(str(form["segment_index"])) != len(self.media[match[1]]["pieces"]):
            raise Refusal(400, "Segments do not add up to provided total file size.")
        self.media[match[1]]["pieces"].append(form["media"].file.read())  # type: ignore[union-attr]
        return web.json_response({"data": {"expires_at": 1_700_000_000}})

    def _finalize(self, number: str) -> web.Response:
        media = self.media[number]
        content = b"".join(media["pieces"])
        if len(content) != media["total_bytes"] or media_type(content) != media["media_type"]:
            raise Refusal(400, "Segments do not add up to provided total file size.")
        media["state"] = self.states.pop(0) if self.states else "succeeded"
        return self._told(number)

    def _state(self, number: str) -> web.Response:
        self.media[number]["state"] = self.states.pop(0) if self.states else "succeeded"
        return self._told(number)

    def _told(self, number: str) -> web.Response:
        state = self.media[number]["state"]
        info = {"state": state, "progress_percent": 50, "check_after_secs": self.check_after}
        if state == "failed":
            info["error"] = {"code": 1, "name": "InvalidMedia", "message": "Unsupported image"}
        return web.json_response(
            {"data": {"id": number, **({"processing_info": info} if state != "succeeded" else {})}}
        )

    def add(
        self, text: str, *, at: datetime | None = None, media: Sequence[str] = ()
    ) -> dict[str, Any]:
        """Put a post on the timeline, as X keeps it."""
        urls = []

        def shorten(match: re.Match[str]) -> str:
            short = f"https://t.co/{len(self.posts):05d}{len(urls):05d}"
            urls.append(
                {"url": short, "expanded_url": match[0] + ("/" if match[0].count("/") == 2 else "")}
            )
            return short

        stored = escape(re.sub(r"https?://\S+", shorten, text), quote=False)
        for one in media:
            own = f"https://x.com/ours/status/1/photo/{len(urls)}"
            urls.append(
                {"url": f"https://t.co/p{one}", "expanded_url": own, "media_key": f"3_{one}"}
            )
            stored += f" https://t.co/p{one}"
        post = {
            "id": str(1445880548472328192 + self._made),
            "text": stored,
            "sent": text,
            "at": at or datetime.now(UTC),
            "entities": {"urls": urls},
        }
        self.posts.append(post)
        self._made += 1
        return post

    def _timeline(self, request: web.Request) -> web.Response:
        query = request.query
        if (
            not {"start_time", "tweet.fields"} <= set(query)
            or not 5 <= int(query["max_results"]) <= 100
        ):
            raise Refusal(400, WORDS[400])
        if self.timeline_spoiled:
            return web.json_response(self.timeline_spoiled)
        since = datetime.fromisoformat(query["start_time"])
        found = [post for post in reversed(self.posts) if post["at"] >= since]
        first = int(query.get("pagination_token", "0"))
        page = found[first : first + self.page]
        meta: dict[str, Any] = {"result_count": len(page)}
        if first + self.page < len(found):
            meta["next_token"] = str(first + self.page)
        data = [
            {"id": post["id"], "text": post["text"], "entities": post["entities"]} for post in page
        ]
        return web.json_response({"data": data, "meta": meta} if data else {"meta": meta})

    def _looked_up(self, request: web.Request) -> web.Response:
        """Posts by their ids: what is not there, or may not be seen, is an error beside the others."""
        asked = request.query.get("ids", "").split(",")
        if set(request.query) != {"ids", "tweet.fields"} or not all(map(str.isdecimal, asked)):
            raise Refusal(400, WORDS[400])
        if not 1 <= len(asked) <= 100 or len(set(asked)) < len(asked):
            raise Refusal(400, "`ids` query parameter takes 1 to 100 values, each of them once")
        if request.query["tweet.fields"] != "public_metrics":
            raise Refusal(400, WORDS[400])
        seen = {post["id"]: post for post in self.posts if post["id"] not in self.hidden}
        data = [
            {
                "id": number,
                "text": seen[number]["text"],
                "edit_history_tweet_ids": [number],
                "public_metrics": {
                    "retweet_count": 0,
                    "reply_count": 0,
                    "like_count": 0,
                    "quote_count": 0,
                    "bookmark_count": 0,
                    "impression_count": 0,
                    **self.metrics.get(number, {}),
                },
            }
            for number in asked
            if number in seen
        ]
        errors = [self._unseen(number) for number in asked if number not in seen]
        return web.json_response(
            {**({"data": data} if data else {}), **({"errors": errors} if errors else {})}
        )

    def _unseen(self, number: str) -> dict[str, str]:
        kind, title, why = (
            ("not-authorized-for-resource", "Authorization Error", "not authorized to see")
            if number in self.hidden
            else ("resource-not-found", "Not Found Error", "could not find")
        )
        return {
            "value": number,
            "detail": f"Sorry, {why} the Tweet with ids: [{number}].",
            "title": title,
            "resource_type": "tweet",
            "parameter": "ids",
            "resource_id": number,
            "type": f"https://api.twitter.com/2/problems/{kind}",
        }

    def _delete(self, number: str) -> web.Response:
        kept = [post for post in self.posts if post["id"] != number]
        if len(kept) == len(self.posts):
            raise Refusal(404, "No status found with that ID.")
        self.posts = kept
        return web.json_response({"data": {"deleted": True}})

    def _check_signature(self, request: web.Request) -> None:
        """Raise 401 unless the request is signed with our keys, for this very address, now, and for
        the first time.
        """
        header = request.headers.get("Authorization", "")
        said = dict(_fields(header))
        if (
            not header.startswith("OAuth ")
            or said.get("oauth_signature_method") != "HMAC-SHA1"
            or said.get("oauth_version") != "1.0"
        ):
            raise Refusal(401, "Unauthorized")
        if (said["oauth_consumer_key"], said["oauth_token"]) != (
            self.secrets["api_key"],
            self.secrets["access_token"],
        ):
            raise Refusal(401, "Unauthorized")
        if abs(int(said["oauth_timestamp"]) - time()) > 300 or said["oauth_nonce"] in self._nonces:
            raise Refusal(401, "Timestamp out of bounds or nonce used.")
        self._nonces.add(said["oauth_nonce"])
        parameters = signature.collect_parameters(
            uri_query=request.rel_url.raw_query_string, headers={"Authorization": header}
        )
        base = signature.signature_base_string(
            request.method,
            signature.base_string_uri(f"{self.url}{request.rel_url.raw_path}"),
            signature.normalize_parameters(parameters),
        )
        keys = SimpleNamespace(
            client_secret=self.secrets["api_secret"],
            resource_owner_secret=self.secrets["access_token_secret"],
        )
        if signature.sign_hmac_sha1_with_client(base, keys) != said["oauth_signature"]:
            raise Refusal(401, "Could not authenticate you.")


def _fields(header: str) -> Iterator[tuple[str, str]]:
    for name, value in re.findall(r'(\w+)="([^"]*)"', header):
        yield name, unquote(value)
