"""A Mastodon server: knows its tokens, forms, limits and idempotency keys, makes HTML of texts, and
processes pictures in the background.

Follows Mastodon 4.4 and, by its switches, what was seen of GoToSocial 0.20 and snac 2.94: no
idempotency keys (`honours_keys`), Markdown made into type (`markdown`), no page about the instance
(`instance`), posts that are unlisted by default (`privacy`). An address with a slash at its end is
another page, mentions are shown without their server, and a hashtag begins after a space. Leaves
out: polls, edits, federation, and custom emojis.
"""

import re
from datetime import UTC, datetime
from html import escape
from typing import Any, ClassVar

from aiohttp import web

from fakes.base import FakeServer, media_type

WORDS = {
    400: "Bad Request",
    401: "The access token is invalid",
    402: "Payment Required",
    403: "This action is not allowed",
    429: "Too many requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "There was a temporary problem serving your request",
    504: "Gateway Timeout",
}
STATUS = {
    "status",
    "visibility",
    "language",
    "spoiler_text",
    "sensitive",
    "media_ids[]",
    "in_reply_to_id",
}
PNG = b"\x89PNG\r\n\x1a\n"
LINK = re.compile(r"https?://[^\s]+")


class Refusal(Exception):
    """An answer that isn't 200."""

    def __init__(self, status: int, words: str) -> None:
        self.response = web.json_response({"error": words}, status=status)


def html(text: str, *, markdown: bool = False) -> str:
    """What a server makes of a text: paragraphs, breaks, links of which part is hidden, hashtags in
    spans, mentions without their server; with `markdown` also type of its marks.
    """

    def link(match: re.Match[str]) -> str:
        scheme, rest = match[0].split("//", 1)
        return (
            f'<a href="{match[0]}" rel="nofollow"><span class="invisible">{scheme}//</span><span'
            f' class="ellipsis">{rest}</span></a>'
        )

    marked = LINK.sub(link, escape(text, quote=False))
    if markdown:
        marked = re.sub(r"(\*{1,2}|_|`)(\S(?:[^*_`]*\S)?)\1", r"<em>\2</em>", marked)
    marked = re.sub(
        r"(?<!\S)@(\w+)@[\w.-]+\w",
        r'<span class="h-card"><a href="https://social.example/@\1" class="u-url mention">@<span>\1'
        r"</span></a></span>",
        marked,
    )
    marked = re.sub(
        r"(?<!\S)#(\w+)",
        r'<a href="https://social.example/tags/\1" class="mention hashtag">#<span>\1</span></a>',
        marked,
    )
    paragraphs = re.split(r"\n{2,}", marked)
    return "".join(
        "<p>{}</p>".format(paragraph.replace("\n", "<br />")) for paragraph in paragraphs
    )


class Fake(FakeServer):
    network = "mastodon"
    secrets: ClassVar = {"access_token": "ZA-Yj3aBD8U8Cm7lKUp-lm9O9BmDgdhHzDeqsY8tlL0"}

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []
        #: newest last
        self.statuses: list[dict[str, Any]] = []
        self.media: dict[str, dict[str, Any]] = {}
        #: Idempotency-Key -> id
        self.keys: dict[str, str] = {}
        self.honours_keys = True
        self.markdown = False
        self.instance = True
        self.privacy = "public"
        #: counts of a status, by its id; zeros where none are given, and no quotes on older servers
        self.counts: dict[str, dict[str, int]] = {}
        #: how a status that was deleted is answered; some servers say 410
        self.gone = 404
        #: looks at a picture until it is processed
        self.processing = 0
        self.configuration: dict[str, Any] = {
            "statuses": {
                "max_characters": 500,
                "characters_reserved_per_url": 23,
                "max_media_attachments": 4,
            },
            "media_attachments": {"image_size_limit": 16_777_216, "description_limit": 1_500},
        }
        self.headers: dict[str, str] = {"X-RateLimit-Reset": "", "X-RateLimit-Remaining": "0"}
        self.forbidden = WORDS[403]
        self.page = 40

    def refusal(self, status: int) -> web.Response:
        response = Refusal(status, self.forbidden if status == 403 else WORDS[status]).response
        if status == 429 and self.headers["X-RateLimit-Reset"]:
            response.headers.update(self.headers)
        return response

    async def answer(self, request: web.Request) -> web.Response:
        try:
            return await self._route(request)
        except Refusal as refusal:
            return refusal.response

    # one for each call
    async def _route(self, request: web.Request) -> web.Response:  # noqa: PLR0911
        if request.headers.get("Authorization") != f"Bearer {self.secrets['access_token']}":
            raise Refusal(401, WORDS[401])
        call = f"{request.method} /{request.match_info['path']}"
        self.calls.append(call)
        if call == "POST /api/v1/statuses":
            return await self._post(request)
        if call == "POST /api/v2/media":
            return await self._upload(request)
        if match := re.fullmatch(r"GET /api/v1/media/(\w+)", call):
            return self._look(match[1])
        if call == "GET /api/v1/accounts/verify_credentials":
            source = {"privacy": self.privacy}
            return web.json_response(
                {"id": "42", "acct": "ours", "username": "ours", "source": source}
            )
        if call == "GET /api/v1/accounts/42/statuses":
            return self._timeline(request)
        if call == "GET /api/v2/instance" and self.instance:
            return web.json_response(
                {"domain": "social.example", "version": "", "configuration": self.configuration}
            )
        if match := re.fullmatch(r"GET /api/v1/statuses/(\w+)", call):
            return self._status(match[1])
        if match := re.fullmatch(r"DELETE /api/v1/statuses/(\w+)", call):
            return self._delete(match[1])
        raise Refusal(404, "Record not found")

    async def _post(self, request: web.Request) -> web.Response:
        form = await request.post()
        if not set(form) <= STATUS:
            raise Refusal(422, f"unknown fields: {sorted(set(form) - STATUS)}")
        key, text = request.headers.get("Idempotency-Key"), str(form.get("status", ""))
        if self.honours_keys and key in self.keys:
            found = next(
                (status for status in self.statuses if status["id"] == self.keys[key]), None
            )
            if found is None:
                raise Refusal(404, "Record not found")
            return web.json_response(found)
        self._check(form, text)
        status = self.add(text, form=form)
        self.texts.append(text)
        if key:
            self.keys[key] = status["id"]
        return web.json_response(status)

    def _check(self, form: Any, text: str) -> None:
        length = len(LINK.sub("x" * 23, text)) + len(form.get("spoiler_text", ""))
        if not text.strip() and "media_ids[]" not in form:
            raise Refusal(422, "Validation failed: Text can't be blank")
        if length > self.configuration["statuses"]["max_characters"]:
            raise Refusal(422, "Validation failed: Text character limit exceeded")
        if form.get("visibility", "public") not in ("public", "unlisted", "private", "direct"):
            raise Refusal(422, "Validation failed: Visibility is not included in the list")
        for media in form.getall("media_ids[]", []):
            if media not in self.media or self.media[media]["used"]:
                raise Refusal(422, "Validation failed: Media is gone")
            if self.media[media]["looks"] < self.processing:
                raise Refusal(
                    422,
                    "Cannot attach files that have not finished processing. Try again in a moment!",
                )
            self.media[media]["used"] = True
        if form.get("in_reply_to_id") and form["in_reply_to_id"] not in {
            status["id"] for status in self.statuses
        }:
            raise Refusal(404, "Record not found")

    def add(self, text: str, *, form: Any = None, at: datetime | None = None) -> dict[str, Any]:
        """Put a status on the timeline, as the server keeps it."""
        number = str(109372843234563462 + len(self.keys) + len(self.statuses))
        fields = {
            name: form[name]
            for name in ("language", "spoiler_text", "in_reply_to_id")
            if form and form.get(name)
        }
        fields["visibility"] = (form and form.get("visibility")) or self.privacy
        status = {
            "id": number,
            "created_at": (at or datetime.now(UTC)).isoformat().replace("+00:00", "Z"),
            "content": html(text, markdown=self.markdown),
            "url": f"https://social.example/@ours/{number}",
            "media": [str(value) for value in form.getall("media_ids[]", [])] if form else [],
            **fields,
        }
        self.statuses.append(status)
        return status

    async def _upload(self, request: web.Request) -> web.Response:
        form = await request.post()
        file = form.get("file")
        if not isinstance(file, web.FileField) or not set(form) <= {"file", "description", "focus"}:
            raise Refusal(422, "Validation failed: File can't be blank")
        if file.content_type != (media_type(file.file.read()) or "none"):
            raise Refusal(422, "Validation failed: File content type is invalid")
        if len(str(form.get("description", ""))) > self.configuration["media_attachments"].get(
            "description_limit", 1_500
        ):
            raise Refusal(422, "Validation failed: Description is too long")
        number = str(22348641 + len(self.media))
        self.media[number] = {
            "description": form.get("description"),
            "name": file.filename,
            "looks": 0,
            "used": False,
        }
        return self._attachment(number, done=not self.processing, waiting=202)

    def _look(self, number: str) -> web.Response:
        if number not in self.media:
            raise Refusal(404, "Record not found")
        self.media[number]["looks"] += 1
        return self._attachment(
            number, done=self.media[number]["looks"] >= self.processing, waiting=206
        )

    @staticmethod
    def _attachment(number: str, *, done: bool, waiting: int) -> web.Response:
        url = f"https://files.social.example/{number}.png" if done else None
        return web.json_response(
            {"id": number, "type": "image", "url": url}, status=200 if done else waiting
        )

    def _timeline(self, request: web.Request) -> web.Response:
        if int(request.query.get("limit", "20")) > 40:
            raise Refusal(422, "limit")
        before = request.query.get("max_id")
        found = [
            status
            for status in reversed(self.statuses)
            if before is None or int(status["id"]) < int(before)
        ]
        return web.json_response(found[: self.page])

    def _status(self, number: str) -> web.Response:
        status = next((each for each in self.statuses if each["id"] == number), None)
        if status is None:
            raise Refusal(self.gone, WORDS.get(self.gone, "Record not found"))
        counts = {"favourites_count": 0, "reblogs_count": 0, "replies_count": 0}
        return web.json_response({**status, **counts, **self.counts.get(number, {})})

    def _delete(self, number: str) -> web.Response:
        kept = [status for status in self.statuses if status["id"] != number]
        if len(kept) == len(self.statuses):
            raise Refusal(404, "Record not found")
        self.statuses = kept
        return web.json_response({"id": number, "text": ""})
