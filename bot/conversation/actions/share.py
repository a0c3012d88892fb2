"""Sharing: a button opens the person's own composer on a service, with the text filled in.

For services without such an address there is [Copy text]. People post as themselves; we never post
for anybody. A prescribed text can be shared as it is or, where there is one, in our translation.
"""

import re
from dataclasses import replace
from difflib import get_close_matches

from bot import text as texts
from bot.conversation.actions.look import Item
from bot.conversation.look import View
from bot.conversation.people.effects import Change
from bot.conversation.people.settings import SERVER
from bot.conversation.topic import Topic, only_at
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
from bot.rules.sharing import address, fits

_SERVER = re.compile(
    r"(?:https?://)?(?:@?[\w.]+@)?((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63})(?:/.*)?",
    re.IGNORECASE,
)
_FROM_SETTINGS = ("", "o", "0")
"""What [Mastodon] below the settings carries: no action to share, so nothing of it."""

_NEAR = 0.85
"""How much alike a server must be to one that many use to be asked about."""

_COPIED = Limits(length=COPY, counter="utf16")

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
    which, turn = (*event.args[1:3], "0")[:2]
    return (state, _sharing(view, item, which, int(turn))) if item else stale(state)


def server(state: State, event: Pressed, view: View) -> Step:
    """Ask for the person's own server, which is kept for the next time."""
    if view.person is None:
        return state, (Answer(template="start.join_first"),)
    ref, which, turn = (*event.args, *_FROM_SETTINGS[len(event.args) :])[:3]
    data = {"ref": ref, "which": which, "turn": int(turn)}
    kept = view.person.profile.get(SERVER)
    said = Say(
        template="share.server_instead" if kept else "share.server",
        values={"server": kept},
        buttons=_ways(),
    )
    return State(topic="share", step="server", data=data), (said,)


def server_named(state: State, event: Text, view: View) -> Step:
    """Keep the server, which may be written as a name, an address or a handle.

    One that is nearly spelled like a server that many use is asked about, once.
    """
    match = _SERVER.fullmatch(event.text.strip())
    if match is None:
        return state, (Say(template="share.no_server", buttons=_ways()),)
    name = match[1].lower()
    known = [server for target in view.actions.targets for server in target.servers]
    near = () if name in known else get_close_matches(name, known, 1, _NEAR)
    if not near or name == state.data.get("typed"):
        return _server_kept(state, view, name)
    ways = rows(
        [
            press(near[0], "share", "at", "meant", literal=True),
            press(name, "share", "at", "typed", literal=True),
        ],
        1,
    )
    asked = {**state.data, "typed": name, "meant": near[0]}
    return replace(state, data=asked), (
        Say(
            template="share.which_server",
            values={"server": name, "near": near[0]},
            buttons=(*ways, *_ways()),
        ),
    )


@only_at("share", "server")
def server_chosen(state: State, event: Pressed, view: View) -> Step:
    """Keep one of the two servers that were asked about: the one typed, or the one like it."""
    return _server_kept(state, view, str(state.data[event.about]))


def _server_kept(state: State, view: View, name: str) -> Step:
    item = view.actions.item(str(state.data.get("ref", "")))
    ways: Rows = () if item else ((press("settings", "settings", "open"),),)
    said = Say(template="share.server_kept", values={"server": name}, buttons=ways)
    which, turn = str(state.data.get("which", "o")), int(state.data.get("turn", 0))
    return IDLE, (
        Change(field="profile", value=name, extra=SERVER),
        said,
        *(_sharing(view, item, which, turn, server=name) if item else ()),
    )


TOPIC = Topic(
    name="share",
    presses={"open": open_, "tell": tell, "server": server, "at": server_chosen},
    texts={"server": server_named},
)


def _ways() -> Rows:
    return ((CANCEL, HELP_FOR_CHILD),)


def _sharing(
    view: View, item: Item, which: str, turn: int = 0, *, server: str = ""
) -> tuple[Say | Answer, ...]:
    """Return a text with what it can be shared by; `turn` counts the texts that were asked for."""
    words = view.actions.share(item, translated=which == "t", wording=turn)
    if words is None:
        return (Answer(template="share.no_text"),)
    asked = press("mastodon", "share", "server", item.ref, which, turn)
    targets = composers(view, words, view.actions.page(item), server=server, asked=asked)
    copies = texts.measure(words, _COPIED) <= COPY
    copy: Rows = ((Choice(label="copy", copy=words),),) if copies else ()
    several = view.actions.wordings(item, translated=which == "t") > 1
    more = (press("another_text", "share", "tell", item.ref, which, turn + 1),) if several else ()
    done = (press("done", "today", "done", item.ref),) if not item.done else ()
    say = Say(
        template="share.share_copied" if copies else "share.share_tapped",
        values={"copies": copies, "text": words},
        code=None if copies else words,
        buttons=tuple(row for row in (*copy, *rows(targets, 2), more, done) if row),
    )
    return (say,)


def composers(
    view: View, words: str, page: str | None, *, server: str = "", asked: Choice | None = None
) -> list[Choice]:
    """Return the buttons that open each service's own composer with a text, as many as one message
    takes.

    `page` is the address for services that take no text, `server` the person's own where it isn't
    kept yet. Where none is known, `asked` stands for the service that needs it.
    """
    server = server or str(view.person.profile.get(SERVER, "") if view.person else "")
    targets = view.actions.targets
    choices = (_choice(target, words, page, server, asked) for target in targets)
    return _fitting([choice for choice in choices if choice])


def _fitting(choices: list[Choice]) -> list[Choice]:
    kept, room = [], _ROOM
    for choice in choices:
        if len(choice.url or "") <= room:
            kept.append(choice)
            room -= len(choice.url or "")
    return kept


def _choice(
    target: ShareTarget, words: str, page: str | None, server: str, asked: Choice | None
) -> Choice | None:
    """Return the button of a service; `asked` is the one that asks for the server first.

    None where the text does not fit, or where the service takes a page and there is none.
    """
    if asked and target.takes == "server" and not server and fits(target, words):
        return replace(asked, label=target.name, literal=True)
    url = address(target, words, page, server)
    return link(target.name, url, literal=True) if url else None
