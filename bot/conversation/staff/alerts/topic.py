"""What staff can do about an alarm at once, by the buttons below it.

::

    a channel is paused ── [Try again] ► (asks once) ── [Yes, try again] ► it goes on
    a pledge-maker needs somebody ── [I got in touch] ► the task is closed
    a post could not be passed on ── [Try again] or [Don't amplify]
    a post failed ── [Try again], or was missed ── [Send it] ► queued, with a new grace
    everything else: a button that opens what it is about
"""

from functools import wraps

from bot.conversation.look import View
from bot.conversation.staff.common import short, staff_only
from bot.conversation.staff.effects import Attend, Decide, Refuse, Resume, Review
from bot.conversation.topic import OnPress, Topic
from bot.conversation.words import Answer, Edit, Pressed, Rows, Say, State, Step, press


@staff_only
def ask(state: State, event: Pressed, view: View) -> Step:
    """Ask whether the cause of a pause is mended."""
    channels = _channels(event, view)
    if not channels:
        return state, (Answer(template="alerts.goes_already"),)
    buttons: Rows = (
        (press("try_again_yes", "alerts", "resume", *event.args), press("keep", "holding", "no")),
    )
    return state, (
        Say(template="alerts.resume_sure", values={"channels": channels}, buttons=buttons),
    )


@staff_only
def resume(state: State, event: Pressed, view: View) -> Step:
    """Let the paused channels that the alarm is about go on."""
    channels = _channels(event, view)
    if not channels:
        return state, (Answer(template="alerts.goes_already"),)
    return state, (
        *(Resume(channel=name) for name in channels),
        Edit(template="alerts.resumed", values={"channels": channels}),
    )


@staff_only
def attended(state: State, event: Pressed, view: View) -> Step:
    """Close the pledge's tasks, since somebody got in touch with its maker."""
    pledge = event.number
    if not view.staff.has_tasks(pledge):
        return state, (Answer(template="alerts.attended_already"),)
    buttons = ((press("open_pledge", "pledges", "show", pledge),),)
    return state, (
        Attend(pledge=pledge),
        Say(template="alerts.attended", values={"number": pledge}, buttons=buttons),
    )


def _while_stuck(handler: OnPress) -> OnPress:
    """Decorate a handler that acts only while a post could not be passed on."""

    @staff_only
    @wraps(handler)
    def checked(state: State, event: Pressed, view: View) -> Step:
        if view.staff.stuck(event.number):
            return handler(state, event, view)
        return state, (Answer(template="alerts.decided_already"),)

    return checked


@_while_stuck
def again(state: State, event: Pressed, view: View) -> Step:
    """Try once more to pass on the post that the alarm is about."""
    said = _tried(view.staff.passed_on_by(event.number), view)
    return state, (Review(id=event.number, answers={}, way=""), said)


@staff_only
def send(state: State, event: Pressed, view: View) -> Step:
    """Send a post that failed or was missed, with a new grace."""
    number = event.about
    post = view.staff.post(number)
    if post is None or not post.gave_up:
        return state, (Answer(template="alerts.decided_already"),)
    return state, (Decide(ref=number, way="send"), _tried(post.shown.entry.channel, view))


@_while_stuck
def drop(state: State, event: Pressed, view: View) -> Step:
    """Never pass on the post that the alarm is about."""
    return state, (Refuse(id=event.number), Say(template="amplify.rejected"))


TOPIC = Topic(
    name="alerts",
    presses={
        "ask": ask,
        "resume": resume,
        "attended": attended,
        "again": again,
        "send": send,
        "drop": drop,
    },
)


def _tried(channel: str, view: View) -> Say:
    """Return the message that it is tried again, or that nothing leaves its channel."""
    template = "alerts.again_dry" if channel in view.staff.dry() else "alerts.again"
    return Say(template=template, values={"channel": channel})


def _channels(event: Pressed, view: View) -> list[str]:
    """Return the paused channels that a button means: one channel ('c') or an account's ('a')."""
    what, ref = event.args
    return [
        name
        for name, account in view.staff.paused().items()
        if ref == short(name if what == "c" else account)
    ]
