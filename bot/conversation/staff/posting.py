"""Posting: staff schedule a post that stands in no calendar; it goes out like all others.

::

    idle ── /post ► posting:text ── text ► posting:where ── [channel]… [Go on] ► posting:when
    posting:when ── [Now] [Tomorrow] or an instant ► posting:sure
    posting:sure ── [Yes, schedule it] ► idle
"""

from collections.abc import Iterator, Sequence
from typing import Any

from bot.conversation.look import View
from bot.conversation.staff.common import asking, short, staff_only, too_long, unfit_on
from bot.conversation.staff.effects import Publish
from bot.conversation.staff.look import Outlet
from bot.conversation.staff.queue import PLANNED
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
    clause,
    line,
    paragraph,
    press,
    rows,
)
from bot.model.staff import StaffRole
from bot.times import epoch


@staff_only
def post(state: State, event: Command, view: View) -> Step:
    """Wait for the text, which may follow the command at once."""
    if event.argument.strip():
        return written(state, Text(text=event.argument), view)
    return State(topic="posting", step="text"), (asking("staff.post"),)


@staff_only
def written(state: State, event: Text, view: View) -> Step:
    """Take the text, and offer the channels on which it fits."""
    if wrong := too_long(event):
        return State(topic="posting", step="text"), (wrong,)
    words = event.text.strip()
    outlets = view.staff.outlets(words)
    if all(outlet.over for outlet in outlets):
        told = _lines(outlets, ())
        return State(topic="posting", step="text"), (
            Say(
                template="staff.fits_nowhere",
                values={"outlets": told},
                parts=(line("staff.fits_nowhere_head"), *unfit_on(told)),
                buttons=((CANCEL,),),
            ),
        )
    data = {"text": words, "channels": []}
    return State(topic="posting", step="where", data=data), (_where(data, outlets, Say),)


@staff_only
@only_at("posting", "where")
def toggle(state: State, event: Pressed, view: View) -> Step:
    """Add a channel to those that were chosen, or take it out."""
    outlets = view.staff.outlets(state.data["text"])
    outlet = next(
        (candidate for candidate in outlets if short(candidate.name) == event.about), None
    )
    if outlet is None or outlet.over:
        return state, (Answer(template="staff.too_long_there"),)
    chosen = list(state.data["channels"])
    if outlet.name not in chosen and _twin(outlet, outlets, chosen):
        return state, (Answer(template="staff.one_account"),)
    chosen = (
        [name for name in chosen if name != outlet.name]
        if outlet.name in chosen
        else [*chosen, outlet.name]
    )
    data = {**state.data, "channels": chosen}
    return State(topic="posting", step="where", data=data), (_where(data, outlets, Edit),)


@staff_only
def where_text(state: State, event: Text, view: View) -> Step:
    """Take another text in place of the first, and offer channels again."""
    return written(state, event, view)


@staff_only
@only_at("posting", "where")
def go_on(state: State, event: Pressed, view: View) -> Step:
    """Ask when the post shall go out."""
    if not state.data["channels"]:
        return state, (Answer(template="staff.choose_one"),)
    return State(topic="posting", step="when", data=state.data), (
        Say(template="staff.when", values={"now": epoch(view.now)}, buttons=_times()),
    )


@staff_only
@only_at("posting", "when")
def at(state: State, event: Pressed, view: View) -> Step:
    """Take [Now] or [Tomorrow] as the post's instant."""
    return when(state, Text(text=event.about), view)


@staff_only
def when(state: State, event: Text, view: View) -> Step:
    """Take the instant, and show the post as each channel will have it."""
    due = view.staff.instant(event.text)
    if due is None:
        now = {"now": epoch(view.now)}
        return state, (Say(template="staff.no_instant", values=now, buttons=_times()),)
    data = {**state.data, "due": due}
    outlets = [
        outlet
        for outlet in view.staff.outlets(state.data["text"])
        if outlet.name in state.data["channels"]
    ]
    values = {
        "text": state.data["text"],
        "outlets": _lines(outlets, state.data["channels"]),
        "due": due,
    }
    buttons = ((press("publish_yes", "posting", "yes"),), (CANCEL,))
    return State(topic="posting", step="sure", data=data), (
        Say(
            template="staff.post_sure",
            values=values,
            parts=(*_previewed(outlets), paragraph("staff.sure_due")),
            buttons=buttons,
        ),
    )


@staff_only
@only_at("posting", "sure")
def yes(state: State, event: Pressed, view: View) -> Step:
    """Schedule the post; on channels with review it waits for approval."""
    data: Any = state.data
    due = max(int(data["due"]), epoch(view.now))
    outlets = [
        outlet
        for outlet in view.staff.outlets(data["text"])
        if outlet.name in data["channels"] and not outlet.over
    ]
    names = tuple(outlet.name for outlet in outlets)
    values = {
        "due": due,
        "review": [outlet.name for outlet in outlets if outlet.review],
        "auto": [outlet.name for outlet in outlets if not outlet.review],
    }
    queue = ((press("open_queue", "queue", "open"),),) if values["review"] else ()
    buttons = (*queue, (PLANNED,)) if values["auto"] else queue
    return IDLE, (
        Publish(text=data["text"], channels=names, due=due),
        Edit(
            template="staff.scheduled",
            values=values,
            parts=(line("staff.scheduled_due"), *_went(outlets)),
            buttons=buttons,
        ),
    )


@staff_only
def unsure(state: State, event: Text, view: View) -> Step:
    """Take another instant in place of the first."""
    return when(state, event, view)


TOPIC = Topic(
    name="posting",
    commands=(Offer(name="post", handler=post, staff=True, role=StaffRole.WRITER),),
    presses={"on": toggle, "go": go_on, "at": at, "yes": yes},
    texts={"text": written, "where": where_text, "when": when, "sure": unsure},
)


def _twin(outlet: Outlet, outlets: tuple[Outlet, ...], chosen: list[str]) -> bool:
    """Return whether another account of the outlet's network is chosen already.

    The same text through two accounts breaks the rules of some networks, and helps on none.
    """
    return any(
        other.name in chosen
        and other.channel.network == outlet.channel.network
        and other.channel.account != outlet.channel.account
        for other in outlets
    )


def _where(data: dict[str, Any], outlets: tuple[Outlet, ...], kind: type[Say]) -> Say:
    choices = [
        press(
            f"{'✓ ' if outlet.name in data['channels'] else ''}{outlet.name}"
            f" {outlet.length}/{outlet.limit}",
            "posting",
            "on",
            short(outlet.name),
            literal=True,
        )
        for outlet in outlets
        if not outlet.over
    ]
    buttons: Rows = (*rows(choices, 2), (press("go_on", "posting", "go"),), (CANCEL,))
    told = _lines(outlets, data["channels"])
    return kind(
        template="staff.where",
        values={"text": data["text"], "outlets": told},
        parts=(line("staff.where_text"), *unfit_on(told)),
        buttons=buttons,
    )


def _previewed(outlets: Sequence[Outlet]) -> Iterator[Part]:
    """Yield the parts that show the text as each channel will have it."""
    for outlet, values in zip(outlets, _lines(outlets, ()), strict=True):
        elsewhere = "_network" if outlet.name != outlet.channel.network else ""
        yield paragraph(f"staff.sure_outlet{elsewhere}", **values)
        if outlet.review:
            yield clause("staff.sure_review")
        if outlet.dry:
            yield clause("staff.sure_dry")
        yield paragraph("staff.sure_text")


def _went(outlets: Sequence[Outlet]) -> Iterator[Part]:
    """Yield a line for each channel: first where it goes out by itself, then where it waits."""
    for outlet in sorted(outlets, key=lambda each: each.review):
        kind = "review" if outlet.review else "dry" if outlet.dry else "auto"
        yield line(f"staff.scheduled_{kind}", name=outlet.name)
        if outlet.review and outlet.dry:
            yield clause("staff.sure_dry")


def _lines(outlets: Sequence[Outlet], chosen: Any) -> list[Values]:
    return [
        {
            "name": outlet.name,
            "network": outlet.channel.network,
            "review": outlet.review,
            "length": outlet.length,
            "limit": outlet.limit,
            "over": [dict(vars(excess)) for excess in outlet.over],
            "chosen": outlet.name in chosen,
        }
        for outlet in outlets
    ]


def _times() -> Rows:
    return (
        (press("now", "posting", "at", "now"), press("tomorrow", "posting", "at", "tomorrow")),
        (CANCEL,),
    )
