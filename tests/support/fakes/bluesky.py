"""A Personal Data Server: sessions with tokens that expire, records under keys that must be TIDs,
facets within their text, blobs; and a feed as readers get it.

Follows Bluesky's own development environment (PDS and AppView) of November 2026. Leaves out: DIDs
and handles of others, search, who liked a post, moderation, the firehose, and any limit of requests
that a test doesn't ask for.
"""

import base64
import hashlib
import json
import re
from datetime import UTC, datetime
from time import time
from typing import Any, ClassVar, Self

import regex
from aiohttp import web

from bot.networks.bluesky import client as _bluesky_client
from fakes.base import FakeServer, media_type

WORDS = {
    400: ("InvalidRequest", "Invalid app.bsky.feed.post record"),
    401: ("AuthenticationRequired", "Invalid identifier or password"),
    402: ("PaymentRequired", "Payment Required"),
    403: ("Forbidden", "Not allowed"),
    429: ("RateLimitExceeded", "Rate Limit Exceeded"),
    500: ("InternalServerError", "Internal Server Error"),
    502: ("UpstreamFailure", "Bad Gateway"),
    503: ("NotEnoughResources", "Service Unavailable"),
    504: ("UpstreamTimeout", "Gateway Timeout"),
}
DID = "did:plc:ewvi7nxzyoun6zhxrhs64oiz"
TID = re.compile(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}")
PROXIED = ("app.bsky.feed.getPosts",)
"""Methods of the AppView that a server of ours passes on."""

FIELDS = {"$type", "text", "createdAt", "langs", "facets", "embed", "reply"}
PNG = b"\x89PNG\r\n\x1a\n"


class Refusal(Exception):
    """An answer that isn't 200."""

    def __init__(self, status: int, error: str, message: str) -> None:
        self.response = web.json_response({"error": error, "message": message}, status=status)


def _invalid(words: str) -> Refusal:
    return Refusal(400, "InvalidRequest", f"Invalid app.bsky.feed.post record: {words}")


def cid(content: bytes) -> str:
    """A CID: version 1, dag-cbor, sha-256, in base32."""
    return "b" + base64.b32encode(
        b"\x01\x71\x12\x20" + hashlib.sha256(content).digest()
    ).decode().lower().rstrip("=")


def graphemes(text: str) -> int:
    return len(regex.findall(r"\X", text))


class Fake(FakeServer):
    network = "bluesky"
    secrets: ClassVar = {"handle": "ours.bsky.example", "app_password": "hqxr-4yjm-wdk2-b7tz"}
    aside = ("com.atproto.server.createSession", "com.atproto.server.refreshSession")

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []
        #: rkey -> record, and its CID
        self.records: dict[str, tuple[dict[str, Any], str]] = {}
        self.commits = 0
        #: rkey -> when the AppView first saw it
        self.indexed: dict[str, datetime] = {}
        self.blobs: dict[str, tuple[bytes, str]] = {}
        #: rkey -> counts of a post, by the names of its view; zeros where none are given
        self.counts: dict[str, dict[str, int]] = {}
        #: rkeys of posts that the AppView shows to nobody
        self.hidden: set[str] = set()
        self.password = self.secrets["app_password"]
        #: seconds that an access token lives
        self.lives = 7_200.0
        self.tokens: set[str] = set()
        self.refreshers: set[str] = set()
        self.made = 0
        self.said: dict[int, tuple[str, str]] = dict(WORDS)
        self.headers = {
            "ratelimit-limit": "100",
            "ratelimit-remaining": "0",
            "ratelimit-reset": str(int(time()) + 250),
        }

    async def __aenter__(self) -> Self:
        # A port comes back after a while: no session of another server may be found for it.
        _bluesky_client._sessions.clear()
        return await super().__aenter__()

    def refusal(self, status: int) -> web.Response:
        response = Refusal(status, *self.said[status]).response
        if status == 429:
            response.headers.update(self.headers)
        return response

    async def answer(self, request: web.Request) -> web.Response:
        try:
            return web.json_response(await self._call(request))
        except Refusal as refusal:
            return refusal.response

    async def _call(self, request: web.Request) -> dict[str, Any]:
        name = request.match_info["path"].removeprefix("xrpc/")
        self.calls.append(name.rpartition(".")[2])
        handler = getattr(self, f"_{self.calls[-1]}", None)
        if handler is None or name not in (*PROXIED, f"com.atproto.{name.split('.', 2)[-1]}"):
            raise Refusal(501, "MethodNotImplemented", "Method Not Implemented")
        if name not in self.aside:
            self._check_token(request)
        found: dict[str, Any] = await handler(request)
        return found

    def _check_token(self, request: web.Request) -> None:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self.tokens:
            raise (
                Refusal(401, "AuthMissing", "Authentication Required")
                if not token
                else Refusal(400, "InvalidToken", "Token is not valid")
            )
        if _expiry(token) < time():
            raise Refusal(400, "ExpiredToken", "Token has expired")

    # the method's name
    async def _createSession(self, request: web.Request) -> dict[str, Any]:
        body = await request.json()
        if set(body) != {"identifier", "password"}:
            raise Refusal(
                400, "InvalidRequest", "Input must have the properties identifier and password"
            )
        if (body["identifier"], body["password"]) != (self.secrets["handle"], self.password):
            raise Refusal(401, "AuthenticationRequired", "Invalid identifier or password")
        return self._session()

    # the method's name
    async def _refreshSession(self, request: web.Request) -> dict[str, Any]:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self.refreshers:
            raise Refusal(400, "ExpiredToken", "Token has been revoked")
        self.refreshers.discard(token)
        return self._session()

    def _session(self) -> dict[str, Any]:
        self.made += 1
        access, refresh = (
            _token(f"access {self.made}", self.lives),
            _token(f"refresh {self.made}", 5_000_000),
        )
        self.tokens.add(access)
        self.refreshers.add(refresh)
        return {
            "did": DID,
            "handle": self.secrets["handle"],
            "accessJwt": access,
            "refreshJwt": refresh,
            "active": True,
        }

    # the method's name
    async def _getSession(self, request: web.Request) -> dict[str, Any]:
        return {"did": DID, "handle": self.secrets["handle"], "active": True}

    # the method's name
    async def _uploadBlob(self, request: web.Request) -> dict[str, Any]:
        content = await request.read()
        if not media_type(content) or request.content_type != media_type(content):
            raise Refusal(400, "InvalidMimeType", "Wrong type")
        link = cid(content)
        self.blobs[link] = (content, request.content_type)
        return {
            "blob": {
                "$type": "blob",
                "ref": {"$link": link},
                "mimeType": request.content_type,
                "size": len(content),
            }
        }

    # the method's name
    async def _putRecord(self, request: web.Request) -> dict[str, Any]:
        body = await request.json()
        if (
            not {"repo", "collection", "rkey", "record"} == set(body)
            or body["collection"] != "app.bsky.feed.post"
            or body["repo"] != DID
        ):
            raise Refusal(400, "InvalidRequest", f"fields are {sorted(body)}")
        if not TID.fullmatch(body["rkey"]):
            raise Refusal(400, "InvalidRequest", "Invalid record key")
        record = body["record"]
        self._check(record)
        made = cid(json.dumps(record, sort_keys=True).encode())
        uri = f"at://{DID}/app.bsky.feed.post/{body['rkey']}"
        if body["rkey"] in self.records and self.records[body["rkey"]][1] == made:
            return {"uri": uri, "cid": made, "validationStatus": "valid"}
        if body["rkey"] not in self.records:
            self.texts.append(record["text"])
            self.indexed[body["rkey"]] = datetime.now(UTC)
        self.commits += 1
        self.records[body["rkey"]] = (record, made)
        return {
            "uri": uri,
            "cid": made,
            "commit": {"cid": made, "rev": f"3l{self.commits:011d}"},
            "validationStatus": "valid",
        }

    def feed(self) -> list[str]:
        """The texts as a reader's feed shows them, newest first: by what they claim, or by when
        they were first seen where that is earlier.
        """

        def when(rkey: str) -> datetime:
            return min(
                datetime.fromisoformat(self.records[rkey][0]["createdAt"]), self.indexed[rkey]
            )

        return [self.records[rkey][0]["text"] for rkey in sorted(self.records, key=when)[::-1]]

    def _check(self, record: dict[str, Any]) -> None:
        if (
            not {"$type", "text", "createdAt"} <= set(record) <= FIELDS
            or record["$type"] != "app.bsky.feed.post"
        ):
            raise _invalid(f"fields are {sorted(record)}")
        if graphemes(record["text"]) > 300 or len(record["text"].encode()) > 3_000:
            raise _invalid("Record/text must not be longer than 300 graphemes")
        if (
            not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", record["createdAt"])
            or len(record.get("langs", [])) > 3
        ):
            raise _invalid("createdAt or langs")
        raw = record["text"].encode()
        for facet in record.get("facets", []):
            index = facet["index"]
            if not 0 <= index["byteStart"] < index["byteEnd"] <= len(raw):
                raise _invalid("a facet outside of the text")
            raw[index["byteStart"] : index["byteEnd"]].decode()  # whole characters
        self._check_links(record)

    def _check_links(self, record: dict[str, Any]) -> None:
        for image in record.get("embed", {}).get("images", []):
            if image["image"]["ref"]["$link"] not in self.blobs or set(image) - {"$type"} != {
                "alt",
                "aspectRatio",
                "image",
            }:
                raise _invalid("Could not find blob")
            if image["image"]["size"] > 2_000_000:
                raise Refusal(400, "BlobTooLarge", "This file is too large")
        for end in (record["reply"][name] for name in ("root", "parent") if "reply" in record):
            there = self.records.get(end["uri"].rpartition("/")[2])
            if there is None or there[1] != end["cid"]:
                raise _invalid("a reply to nothing")

    # the method's name
    async def _getRecord(self, request: web.Request) -> dict[str, Any]:
        query = request.query
        if (query.get("repo"), query.get("collection")) != (
            DID,
            "app.bsky.feed.post",
        ) or "rkey" not in query:
            raise Refusal(400, "InvalidRequest", "Params must have the property rkey")
        if query["rkey"] not in self.records:
            raise Refusal(400, "RecordNotFound", f"Could not locate record: {query['rkey']}")
        record, made = self.records[query["rkey"]]
        return {
            "uri": f"at://{DID}/app.bsky.feed.post/{query['rkey']}",
            "cid": made,
            "value": record,
        }

    # the method's name
    async def _getPosts(self, request: web.Request) -> dict[str, Any]:
        uris = request.query.getall("uris", [])
        if set(request.query) != {"uris"} or not 1 <= len(uris) <= 25:
            raise Refusal(400, "InvalidRequest", "Error: uris must not have more than 25 elements")
        own = f"at://{DID}/app.bsky.feed.post/"
        keys = [uri.removeprefix(own) for uri in uris if uri.startswith(own)]
        return {
            "posts": [self._view(key) for key in keys if key in self.records.keys() - self.hidden]
        }

    def _view(self, key: str) -> dict[str, Any]:
        record, made = self.records[key]
        counts = {"likeCount": 0, "repostCount": 0, "replyCount": 0, "quoteCount": 0}
        return {
            "$type": "app.bsky.feed.defs#postView",
            "uri": f"at://{DID}/app.bsky.feed.post/{key}",
            "cid": made,
            "author": {"did": DID, "handle": self.secrets["handle"]},
            "record": record,
            "indexedAt": self.indexed[key]
            .isoformat(timespec="milliseconds")
            .replace("+00:00", "Z"),
            **counts,
            **self.counts.get(key, {}),
        }

    # the method's name
    async def _deleteRecord(self, request: web.Request) -> dict[str, Any]:
        body = await request.json()
        self.records.pop(body["rkey"], None)
        return {}


def _token(name: str, lives: float) -> str:
    def part(data: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(data).encode()).decode().rstrip("=")

    now = int(time())
    header, payload = (
        {"typ": "at+jwt", "alg": "HS256"},
        {"sub": DID, "jti": name, "iat": now, "exp": int(now + lives)},
    )
    return f"{part(header)}.{part(payload)}.{part({'signature': name})}"


def _expiry(token: str) -> float:
    payload = token.split(".")[1]
    return float(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["exp"])
