"""The queue: posts that wait for approval.

Staff approve them, write another text, give another hour, or reject them; nobody approves their own
words where somebody else can. Another text may be a thread, in which a line of dashes begins the
next post.

::

    idle ── [Edit] ► queue:text ── text ► idle, or queue:sure (it strays from the campaign)
    queue:sure ── [Keep it so] or another text ► idle
    idle ── [Another hour] ► queue:hour ── text ► idle
    idle ── [Reject] ► (asks once) ── [Yes, reject] ► idle
"""

from collections.abc import Iterator, Sequence
from typing import Any

from bot.conversation.look import View
from bot.conversation.staff.common import (
    LOOK_AGAIN,
    by_how_much,
    cannot_leave,
    elsewhere,
    staff_only,
    too_long,
)
from bot.conversation.staff.effects import Approve, Reject, Reschedule, Rewrite
from bot.conversation.staff.look import Post, Strayed
from bot.conversation.topic import Offer, Topic, only_at
from bot.conversation.words import (
    CANCEL,
    IDLE,
    Answer,
    Command,
    Edit,
    Part,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    Text,
    Values,
    line,
    lines,
    paragraph,
    press,
    rows,
)
from bot.model.staff.clearance import Became, Clearance
from bot.text import joined, parts
from bot.times import epoch

_NUMBERS = 5
_SHOWN = 20

PLANNED = press("planned", "queue", "planned")
"""[What is scheduled]: the posts that wait for nobody."""


@staff_only
def queue(state: State, event: Command | Pressed, view: View) -> Step:
    """List the posts that wait for approval, or show the only one."""
    waiting = view.staff.waiting()
    if not waiting:
        return state, (Say(template="staff.queue_empty", buttons=((PLANNED,),)),)
    if len(waiting) == 1:
        return state, (_card(waiting[0], Say),)
    values, listed = _list(waiting)
    told = (
        line("staff.queue_head"),
        *map(_listed, listed),
        line("staff.queue_more") if values["more"] else None,
    )
    buttons = (*_numbered(waiting), (PLANNED,))
    return state, (Say(template="staff.queue", values=values, parts=told, buttons=buttons),)


@staff_only
def planned(state: State, event: Pressed, view: View) -> Step:
    """List the posts that go out by themselves, so that their texts and hours can be changed."""
    posts = view.staff.planned()
    if not posts:
        return state, (Say(template="staff.planned_none"),)
    values, listed = _list(posts)
    told = (
        line("staff.planned_head"),
        *lines("staff.planned_post", listed),
        line("staff.planned_more") if values["more"] else None,
    )
    say = Say(template="staff.planned", values=values, parts=told, buttons=_numbered(posts))
    return state, (say,)


@staff_only
def see(state: State, event: Pressed, view: View) -> Step:
    """Show one post that waits, with its buttons."""
    post = view.staff.post(event.about)
    return state, (_card(post, Say) if post else Answer(template="help.stale"),)


@staff_only
def approve(state: State, event: Pressed, view: View) -> Step:
    """Approve a post, which then goes out at its hour; show it anew where it isn't what the button
    stands below.
    """
    post = view.staff.post(event.about)
    if post is None or not post.waits:
        return state, (Answer(template="staff.waits_no_more"),)
    if not post.mine_to_approve:
        return state, (Say(template="staff.not_your_own"),)
    if not post.fits:
        return state, (_card(post, Say),)
    if event.args[1:] != (post.mark,):
        return state, (LOOK_AGAIN, _card(post, Say))
    return state, (
        Approve(ids=(post.id,)),
        Edit(
            template="staff.approved_dry" if post.dry else "staff.approved",
            values=post.values,
            buttons=_next(view, post),
        ),
    )


@staff_only
def edit(state: State, event: Pressed, view: View) -> Step:
    """Wait for another text of a post.

    The present one can be copied, a thread with lines of dashes between its posts.
    """
    post = view.staff.post(event.about)
    if post is None or not post.writable:
        return state, (Answer(template="staff.waits_no_more"),)
    waiting = State(topic="queue", step="text", data={"id": post.id})
    posts = len(post.shown.parts)
    return waiting, (
        Say(
            template=f"staff.edit_{'thread' if posts > 1 else 'post' if posts else 'new'}",
            values=post.values,
            code=joined(post.shown.parts) or None,
            buttons=((CANCEL,),),
        ),
    )


@staff_only
def edited(state: State, event: Text, view: View) -> Step:
    """Take another text that fits, which then waits for approval; or say what is too long."""
    post = view.staff.post(str(state.data.get("id", "")))
    if post is None or not post.writable:
        return IDLE, (Say(template="staff.waits_no_more"),)
    posts = parts(event.text)
    if wrong := too_long(event if posts else Text(text="")):
        return state, (wrong,)
    if over := view.staff.unfit(post.id, joined(posts)):
        return state, (_unfit([dict(vars(excess)) for excess in over]),)
    if strayed := view.staff.strayed(post.id, joined(posts)):
        data = {"id": post.id, "text": joined(posts)}
        return State(topic="queue", step="sure", data=data), (_strayed(strayed),)
    return _kept(post, posts)


@staff_only
@only_at("queue", "sure")
def kept(state: State, event: Pressed, view: View) -> Step:
    """Keep a text although something of the campaign is missing in it, or it leads elsewhere."""
    post = view.staff.post(str(state.data.get("id", "")))
    if post is None or not post.writable:
        return IDLE, (Answer(template="staff.waits_no_more"),)
    return _kept(post, parts(str(state.data.get("text", ""))))


def _kept(post: Post, posts: Sequence[str]) -> Step:
    values = {**post.values, "posts": len(posts)}
    return IDLE, (
        Rewrite(id=post.id, text=joined(posts)),
        Say(
            template=f"staff.edited_{'thread' if len(posts) > 1 else 'post'}",
            values=values,
            buttons=((press("see", "queue", "see", post.id),),),
        ),
    )


@staff_only
def hour(state: State, event: Pressed, view: View) -> Step:
    """Wait for another instant at which a post goes out."""
    post = view.staff.post(event.about)
    if post is None or not post.writable:
        return state, (Answer(template="staff.waits_no_more"),)
    values = {**post.values, "now": epoch(view.now)}
    return State(topic="queue", step="hour", data={"id": post.id}), (
        Say(template="staff.hour_ask", values=values, buttons=((CANCEL,),)),
    )


@staff_only
def moved(state: State, event: Text, view: View) -> Step:
    """Let the post go out at the instant that was written."""
    post = view.staff.post(str(state.data.get("id", "")))
    if post is None or not post.writable:
        return IDLE, (Say(template="staff.waits_no_more"),)
    due = view.staff.instant(event.text)
    if due is None:
        values = {"now": epoch(view.now)}
        return state, (Say(template="staff.no_instant", values=values, buttons=((CANCEL,),)),)
    kind = "waits" if post.waits else "dry" if post.dry else "kept"
    return IDLE, (
        Reschedule(id=post.id, due=due),
        Say(
            template=f"staff.hour_{kind}",
            values={**post.values, "due": due},
            buttons=((press("see", "queue", "see", post.id),),),
        ),
    )


@staff_only
def reject(state: State, event: Pressed, view: View) -> Step:
    """Ask once before a post is cancelled."""
    post = view.staff.post(event.about)
    if post is None or not post.writable:
        return state, (Answer(template="staff.waits_no_more"),)
    buttons = (
        (press("reject_yes", "queue", "reject", post.id), press("keep", "queue", "see", post.id)),
    )
    return state, (Say(template="staff.reject", values=post.values, buttons=buttons),)


@staff_only
def rejected(state: State, event: Pressed, view: View) -> Step:
    """Cancel the post for good."""
    post = view.staff.post(event.about)
    if post is None or not post.writable:
        return state, (Answer(template="staff.waits_no_more"),)
    return state, (
        Reject(id=post.id),
        Edit(template="staff.rejected", values=post.values, buttons=_next(view, post)),
    )


TOPIC = Topic(
    name="queue",
    commands=(Offer(name="queue", handler=queue, staff=True),),
    presses={
        "open": queue,
        "see": see,
        "ok": approve,
        "edit": edit,
        "no": reject,
        "reject": rejected,
        "keep": kept,
        "hour": hour,
        "planned": planned,
    },
    texts={"text": edited, "sure": edited, "hour": moved},
)


def _card(post: Post, kind: type[Say]) -> Say:
    choices = []
    if post.waits and post.fits and post.mine_to_approve:
        choices.append(press("approve", "queue", "ok", post.id, post.mark))
    if post.writable:
        choices += [
            press("edit", "queue", "edit", post.id),
            press("reject", "queue", "no", post.id),
            press("another_hour", "queue", "hour", post.id),
        ]
    values = {**post.values, "own": post.waits and not post.mine_to_approve}
    return kind(
        template="staff.card",
        values=values,
        parts=tuple(_told(values)),
        buttons=rows(choices, 3),
    )


def _told(values: Values) -> Iterator[Part]:
    """Yield the parts of a post's card: when it goes out, what to know of it, and its text."""
    yield line(f"staff.card_head{elsewhere(values)}")
    yield line("staff.card_times_dry" if values["dry"] else "staff.card_times")
    posts = values["posts"]
    if posts:
        usd = "_usd" if values["usd"] else ""
        yield line(f"staff.card_{'thread' if posts > 1 else 'length'}{usd}")
    for kind, said in (
        ("card_edited", values["edited"]),
        ("card_own", values["own"]),
        ("card_not_waiting", not values["waits"]),
        ("problem", values["problem"]),
    ):
        if said:
            yield line(f"staff.{kind}")
    yield from (_answered(each) for each in values["clearances"])
    yield from cannot_leave(values["over"])
    for at, part in enumerate(values["parts"], 1):
        yield paragraph("staff.card_post" if posts > 1 else "staff.card_part", at=at, part=part)
    if values["alt"]:
        yield paragraph("staff.picture")


def _answered(clearance: Clearance) -> Part:
    cleared = clearance.became is Became.CLEARED
    return line(
        "staff.card_cleared" if cleared else "staff.card_sent_back",
        decided_by=clearance.decided_by,
        answered=clearance.answered,
        reason=clearance.reason,
    )


def _unfit(over: list[dict[str, Any]]) -> Say:
    told = (
        line("staff.does_not_fit_head"),
        *(part for excess in over for part in by_how_much(excess, line)),
        line("staff.does_not_fit_again"),
    )
    return Say(
        template="staff.does_not_fit", values={"over": over}, parts=told, buttons=((CANCEL,),)
    )


def _strayed(strayed: Strayed) -> Say:
    """Return what somebody should know of a text before it is kept."""
    told = (
        line("staff.strayed_head"),
        *lines("staff.strayed_hashtag", [{"hashtag": each} for each in strayed.hashtags]),
        *lines("staff.strayed_link", [{"link": each} for each in strayed.links]),
        *lines("staff.strayed_prescribed", [{"words": each} for each in strayed.prescribed]),
        *lines("staff.strayed_foreign", [{"link": each} for each in strayed.foreign]),
        paragraph("staff.strayed_ask"),
    )
    return Say(
        template="staff.strayed",
        values=vars(strayed),
        parts=told,
        buttons=((press("keep_so", "queue", "keep"),), (CANCEL,)),
    )


def _list(posts: Sequence[Post]) -> tuple[Values, list[Values]]:
    """Return the values of a list of posts, and those of each of its lines."""
    listed: list[Values] = [{"number": n, **post.values} for n, post in enumerate(posts, 1)]
    more = max(0, len(posts) - _SHOWN)
    return {"posts": listed[:_SHOWN], "count": len(posts), "more": more}, listed[:_SHOWN]


def _numbered(posts: Sequence[Post]) -> Rows:
    buttons = [
        press(str(number), "queue", "see", post.id, literal=True)
        for number, post in enumerate(posts[:_SHOWN], 1)
    ]
    return rows(buttons, _NUMBERS)


def _listed(values: Values) -> Part:
    return line("staff.queue_edited" if values["edited"] else "staff.queue_post", **values)


def _next(view: View, post: Post) -> Rows:
    other = next((waiting for waiting in view.staff.waiting() if waiting.id != post.id), None)
    return ((press("next", "queue", "see", other.id),),) if other else ()
