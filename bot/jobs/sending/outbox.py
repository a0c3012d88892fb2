"""The outbox as people and programs see it: one `Item` per delivery, with the text that left, was
approved, or would leave now.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.errors import RenderError
from bot.jobs.services import Services
from bot.jobs.texts import posts
from bot.jobs.texts.kinds import alike, nudge_body, post_body
from bot.kept import Kept
from bot.model import PUBLIC, State
from bot.model.outbox import Entry
from bot.times import from_epoch

_KEPT = 2_000
"""Texts that are kept while a list is read: those of some days, in all languages."""

_Group = tuple[int, int, str | None, bool, int]


# not frozen: a list has a million of them, and to freeze one takes twice as long as to make it
@dataclass(kw_only=True, slots=True)
class Item:
    """One line of `drumbeat outbox`; its fields are the contract of ``--json``."""

    id: str
    action: str
    audience: str
    channel: str
    network: str
    #: the subscriber's number; None for a post
    recipient: int | None
    due: datetime
    state: str
    attempts: int
    #: what left or was approved, else what would leave now; None when `error` says why there is
    #: none
    text: str | None
    receipt: str | None
    error: str | None


def items(services: Services, state: State | None = None) -> Iterator[Item]:
    """Yield all deliveries, or those in one state: first those that have not ended, then the
    others, each part by the instant at which it is due.

    They are read one by one: a million take no more memory than ten.
    """
    texts = _Texts(services)
    for entry in services.store.listing.entries(state):
        text, problem = texts.of(entry)
        error = "; ".join(part for part in (entry.error, problem) if part) or None
        public = entry.key.recipient == PUBLIC
        yield Item(
            id=str(entry.key),
            action=entry.action,
            audience=entry.audience.word,
            channel=entry.channel,
            network=entry.network,
            recipient=None if public else entry.key.recipient,
            due=from_epoch(entry.due),
            state=entry.state.word,
            attempts=entry.attempts,
            text=text,
            # the page names the id too
            receipt=entry.url or entry.receipt,
            error=error,
        )


class _Texts:
    """Texts of deliveries, of which those of some hours come together: each is rendered once."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._rendered: Kept[_Group, tuple[str | None, str | None]] = Kept(_KEPT)

    def of(self, entry: Entry) -> tuple[str | None, str | None]:
        """Return the delivery's text and None, or None and why there is no text."""
        if entry.text is not None:
            return entry.text, None
        public = entry.key.recipient == PUBLIC
        if public and (
            approval := self._services.store.approvals.find(entry.key.occurrence, entry.key.channel)
        ):
            return approval.text, None
        group = (
            entry.key.occurrence,
            entry.key.channel,
            None if public else entry.language,
            entry.pledge,
            alike(entry.subject, entry.key.recipient),
        )
        return self._rendered.made(group, lambda: self._render(entry, public=public))

    def _render(self, entry: Entry, *, public: bool) -> tuple[str | None, str | None]:
        e, services = entry, self._services
        if file := services.settings.unusable:
            return None, f"no text: {file} can't be used; mend it, and the text is shown"
        try:
            if public:
                return post_body(services, e, e.channel).whole, None
            if e.language is None:
                return None, "no text: the subscriber is gone"
            body = nudge_body(
                services,
                e,
                e.network,
                language=e.language,
                pledge=e.pledge,
                recipient=e.key.recipient,
                instead=posts.instead(services, e, e.key.channel, e.language),
            )
        except RenderError as error:
            return None, f"no text: {error}"
        return body.text, None
