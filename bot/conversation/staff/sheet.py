"""The sheet: all that goes out on the next observance, for staff.

It comes by itself the day before; /sheet shows it at any time.
"""

from typing import Any

from bot.conversation.look import View
from bot.conversation.staff.common import LOOK_AGAIN, button, staff_only
from bot.conversation.staff.common import sheet as shown
from bot.conversation.staff.effects import Approve
from bot.conversation.staff.look import Post
from bot.conversation.topic import Offer, Topic
from bot.conversation.words import (
    Answer,
    Command,
    Pressed,
    Say,
    State,
    Step,
    Values,
    line,
    press,
    rows,
)


@staff_only
def sheet(state: State, event: Command, view: View) -> Step:
    """Show the sheet of the next observance."""
    today = view.staff.sheet("")
    return state, (shown(today, view.staff) if today else Say(template="staff.no_sheet"),)


@staff_only
def approve_all(state: State, event: Pressed, view: View) -> Step:
    """Approve all posts of the day that the person may approve and that have a text that fits; show
    the sheet anew where they aren't what the button stands below.
    """
    day = view.staff.sheet(event.about)
    waiting = [post for post in _posts(view, day) if post.waits]
    ready = [post for post in waiting if post.mine_to_approve and post.fits]
    if day is None or not waiting:
        return state, (Answer(template="staff.none_waits"),)
    if event.args[1:] != (day["mark"],):
        return state, (LOOK_AGAIN, shown(day, view.staff))
    dry = sorted({post.shown.entry.channel for post in ready if post.dry})
    values = {"approved": len(ready), "left": len(waiting) - len(ready), "dry": dry}
    buttons = ((press("open_queue", "queue", "open"),),) if len(ready) < len(waiting) else ()
    return state, (
        *((Approve(ids=tuple(post.id for post in ready)),) if ready else ()),
        Say(
            template="staff.approved_all",
            values=values,
            parts=(
                line("staff.all_approved_left" if values["left"] else "staff.all_approved"),
                line("staff.all_approved_dry") if dry else None,
            ),
            buttons=buttons,
        ),
    )


@staff_only
def edit(state: State, event: Pressed, view: View) -> Step:
    """Ask which of the day's posts shall get another text."""
    posts = [post for post in _posts(view, view.staff.sheet(event.about)) if post.writable]
    if not posts:
        return state, (Answer(template="staff.none_writable"),)
    choices = [
        press(
            button(f"{post.shown.entry.channel}: {post.title}"),
            "queue",
            "see",
            post.id,
            literal=True,
        )
        for post in posts
    ]
    return state, (Say(template="staff.which_post", buttons=rows(choices, 1)),)


TOPIC = Topic(
    name="sheet",
    commands=(Offer(name="sheet", handler=sheet, staff=True),),
    presses={"all": approve_all, "edit": edit},
)


def _posts(view: View, day: Values | None) -> list[Post]:
    listed: Any = day["posts"] if day else ()
    return [post for entry in listed if (post := view.staff.post(entry["id"])) is not None]
