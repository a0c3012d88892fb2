"""Reports of countries: staff read the answers, and decide whether everybody may see them.

::

    /countries ── [number] ► the answers ─┬ [No child …: show it] ► on the country's page; told
                                          ├ [Keep it private]     ► nobody sees it; told
                                          └ [Send back] ► countries:reason ── text ► told, with it

A decision is about the answers that were shown; where these have changed, the button is stale. Who
answers the report is told wherever they are reached (`bot.jobs.texts.country`).
"""

from collections.abc import Callable
from functools import wraps

from bot.conversation.look import View
from bot.conversation.pathfinders.look import ReadReport
from bot.conversation.people.ask import unfit
from bot.conversation.staff.effects import DecideReport
from bot.conversation.topic import Offer, OnPress, Topic
from bot.conversation.words import (
    CANCEL,
    IDLE,
    Choice,
    Command,
    Pressed,
    Say,
    State,
    Step,
    Text,
    line,
    paragraph,
    press,
    rows,
    sentence,
    stale,
)
from bot.model.pathfinders.report import LONGEST_REASON, ReportState
from bot.model.staff import StaffRole
from bot.text import visible

_LISTED = 20
"""Reports with a button of their own; `/countries NUMBER` opens any."""

_WAYS = {
    ReportState.WAITS: ("show", "return", "hide"),
    ReportState.SHOWN: ("hide", "return"),
    ReportState.PRIVATE: ("show", "return"),
}
"""What can be decided about a report, by what became of it; about others nothing."""


def open_(state: State, event: Command | Pressed, view: View) -> Step:
    """List the reports that wait, or show the one whose number follows the command."""
    if not view.may(StaffRole.APPROVER):
        return state, (Say(template="help.unknown"),)
    if isinstance(event, Command) and event.argument.strip().isdecimal():
        there = view.countries.read(int(event.argument.strip()[:18]))
        return state, (_card(there) if there else Say(template="country_staff.no_such"),)
    waiting = view.countries.waiting
    if not waiting:
        return state, (Say(template="country_staff.nothing"),)
    numbers = [
        press(str(each.id), "countries", "see", each.id, literal=True) for each in waiting[:_LISTED]
    ]
    said = (
        line("country_staff.queue_report", number=each.id, country=each.country, named=each.named)
        for each in waiting
    )
    parts = (line("country_staff.queue_head"), *said)
    return state, (Say(template="country_staff.queue", parts=parts, buttons=rows(numbers, 5)),)


OnReport = Callable[[State, Pressed, View, ReadReport], Step]


def _of_staff(handler: OnReport) -> OnPress:
    """Decorate a handler that needs the report whose number its button carries, as it was shown
    where the button says so, too.
    """

    @wraps(handler)
    def checked(state: State, event: Pressed, view: View) -> Step:
        there = view.countries.read(event.number) if view.may(StaffRole.APPROVER) else None
        if there is None or event.args[1:] not in ((), (there.mark,)):
            return stale(state)
        return handler(state, event, view, there)

    return checked


@_of_staff
def see(state: State, event: Pressed, view: View, there: ReadReport) -> Step:
    """Show what a country answered, and what can be decided."""
    return state, (_card(there),)


def _card(there: ReadReport) -> Say:
    ways = _WAYS.get(there.state, ())
    parts = (
        line("country_staff.card_head"),
        *(
            paragraph("pledge_staff.card_answer", ask=each.ask, answer=each.answer)
            for each in there.lines
        ),
        paragraph(f"country_staff.card_{there.state.value}"),
        paragraph("country_staff.card_look") if "show" in ways else None,
    )
    return Say(
        template="country_staff.card",
        values={"number": there.id, "country": there.country, "reason": there.reason},
        parts=parts,
        buttons=tuple((_way(there, each),) for each in ways),
    )


def _way(there: ReadReport, way: str) -> Choice:
    return press(f"country_{way}", "countries", way, there.id, there.mark)


def _decided(state: State, there: ReadReport, way: str, allowed: str) -> Step:
    if allowed not in _WAYS.get(there.state, ()):
        return stale(state)
    return IDLE, (DecideReport(report=there.id, mark=there.mark, way=way), *_told(there, way))


def _told(there: ReadReport, way: str) -> tuple[Say, ...]:
    parts = (
        line(f"country_staff.done_{way}"),
        sentence("country_staff.done_told" if there.told else "country_staff.done_untold"),
    )
    return (Say(template="country_staff.done", values={"country": there.country}, parts=parts),)


@_of_staff
def show(state: State, event: Pressed, view: View, there: ReadReport) -> Step:
    """Let everybody see the answers that were shown."""
    return _decided(state, there, "show", "show")


@_of_staff
def hide(state: State, event: Pressed, view: View, there: ReadReport) -> Step:
    """Let nobody see the answers that were shown, or no longer."""
    return _decided(state, there, "hide", "hide")


@_of_staff
def send_back(state: State, event: Pressed, view: View, there: ReadReport) -> Step:
    """Ask why the answers that were shown are sent back; who answers the report reads it."""
    if "return" not in _WAYS.get(there.state, ()):
        return stale(state)
    waits = State(topic="countries", step="reason", data={"report": there.id, "mark": there.mark})
    values = {"country": there.country}
    said = Say(template="country_staff.reason", values=values, buttons=((CANCEL,),))
    return waits, (said,)


def reasoned(state: State, event: Text, view: View) -> Step:
    """Send the report back with the reason."""
    number = int(state.data.get("report", 0))
    there = view.countries.read(number) if view.may(StaffRole.APPROVER) else None
    words = visible(event.text)
    if there is None or there.state not in _WAYS:
        return IDLE, (Say(template="country_staff.no_such"),)
    if state.data.get("mark") != there.mark:
        return IDLE, (Say(template="country_staff.changed"), _card(there))
    if not words or len(words) > LONGEST_REASON:
        return state, (unfit(words, LONGEST_REASON),)
    done = DecideReport(report=there.id, mark=there.mark, way="return", reason=words)
    return IDLE, (done, *_told(there, "return"))


TOPIC = Topic(
    name="countries",
    commands=(Offer(name="countries", handler=open_, staff=True, role=StaffRole.APPROVER),),
    presses={"open": open_, "see": see, "show": show, "hide": hide, "return": send_back},
    texts={"reason": reasoned},
)
