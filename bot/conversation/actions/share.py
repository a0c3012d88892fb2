"""Sharing: a button opens the person's own composer on a service, with the text filled in.

For services without such an address there is [Copy text]. People post as themselves; we never post
for anybody. A prescribed text can be shared as it is or, where there is one, in our translation.
"""

import re
from urllib.parse import quote

from bot import text as texts
from bot.conversation.actions.look import Item
from bot.conversation.look import View
from bot.conversation.people.effects import Change
from bot.conversation.topic import Topic
from bot.conversation.words import (
    CANCEL,
    COPY,
    HELP_FOR_CHILD,
    IDLE,
    Answer,
    Choice,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    Text,
    link,
    press,
    rows,
    stale,
)
from bot.model import Limits
from bot.model.shared import ShareTarget

_SERVER = re.compile(
    r"(?:https?://)?(?:@?[\w.]+@)?((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63})(?:/.*)?",
    re.IGNORECASE,
)
_COPIED = Limits(length=COPY, counter="utf16")

_URL = 2_000
"""Most characters of an address that every app takes."""

_ROOM = 8_000
"""Most characters of all addresses below one message, since Telegram takes some 10 kB of buttons.

Services for which there is no room are left to [Copy text].
"""


def open_(state: State, event: Pressed, view: View) -> Step:
    """Offer the text to share; where there are both, the original or our translation first."""
    item = view.actions.item(event.about)
    if item is None:
        return stale(state)
    translation = view.actions.share(item, translated=True) if item.prescribed else None
    if translation:
        ways = (
            (
                press("our_translation", "share", "tell", item.ref, "t"),
                press("original", "share", "tell", item.ref, "o"),
            ),
        )
        return state, (
            Say(
                template="share.which",
                values={"title": item.title, "translation": translation},
                buttons=ways,
            ),
        )
    return state, _sharing(view, item, "o")


def tell(state: State, event: Pressed, view: View) -> Step:
    """Say the chosen text, with buttons for where it can be shared."""
    item = view.actions.item(event.about)
    return (state, _sharing(view, item, event.args[1])) if item else stale(state)


def server(state: State, event: Pressed, view: View) -> Step:
    """Ask for the person's own server, which is kept for the next time."""
    if view.person is None:
        return state, (Answer(template="start.join_first"),)
    waiting = State(topic="share", step="server", data={"ref": event.about, "which": event.args[1]})
    return waiting, (Say(template="share.server", buttons=_ways()),)


def server_named(state: State, event: Text, view: View) -> Step:
    """Keep the server, which may be written as a name, an address or a handle."""
    match = _SERVER.fullmatch(event.text.strip())
    if match is None:
        return state, (Say(template="share.no_server", buttons=_ways()),)
    name = match[1].lower()
    item = view.actions.item(str(state.data.get("ref", "")))
    kept = (
        Change(field="profile", value=name, extra="mastodon"),
        Say(template="share.server_kept", values={"server": name}),
    )
    return IDLE, (
        *kept,
        *(_sharing(view, item, str(state.data.get("which", "o")), server=name) if item else ()),
    )


TOPIC = Topic(
    name="share",
    presses={"open": open_, "tell": tell, "server": server},
    texts={"server": server_named},
)


def _ways() -> Rows:
    return ((CANCEL, HELP_FOR_CHILD),)


def _sharing(view: View, item: Item, which: str, *, server: str = "") -> tuple[Say | Answer, ...]:
    words = view.actions.share(item, translated=which == "t")
    if words is None:
        return (Answer(template="share.no_text"),)
    server = server or str(view.person.profile.get("mastodon", "") if view.person else "")
    targets = [
        choice
        for target in view.actions.targets
        if (choice := _choice(target, words, view.actions.page(item), server, item, which))
    ]
    copies = texts.measure(words, _COPIED) <= COPY
    copy: Rows = ((Choice(label="copy", copy=words),),) if copies else ()
    done: Rows = ((press("done", "today", "done", item.ref),),) if not item.done else ()
    say = Say(
        template="share.share_copied" if copies else "share.share_tapped",
        values={"copies": copies, "text": words},
        code=None if copies else words,
        buttons=(*copy, *rows(_fitting(targets), 2), *done),
    )
    return (say,)


def _fitting(choices: list[Choice]) -> list[Choice]:
    kept, room = [], _ROOM
    for choice in choices:
        if len(choice.url or "") <= room:
            kept.append(choice)
            room -= len(choice.url or "")
    return kept


def _choice(
    target: ShareTarget, words: str, page: str | None, server: str, item: Item, which: str
) -> Choice | None:
    """Return the button of a service.

    None where the text does not fit, or where the service takes a page and there is none.
    """
    if (
        target.counter
        and target.length
        and texts.measure(words, Limits(length=target.length, counter=target.counter))
        > target.length
    ):
        return None
    if target.takes == "server" and not server:
        return press(target.name, "share", "server", item.ref, which, literal=True)
    if target.takes == "url" and page is None:
        return None
    url = (
        target.url.replace("{server}", server)
        .replace("{url}", quote(page or "", safe=""))
        .replace("{text}", quote(words, safe=""))
    )
    return link(target.name, url, literal=True) if len(url) <= _URL else None
