"""What staff decide about a broadcast that may leave faster for a price.

::

    a broadcast may be paid for ── [Pay] ► (asks once, with the price) ── [Yes, pay] ► leaves fast
                                │             └ beyond the ceiling: says so, and nothing is paid
                                ├ [At the free pace] ► leaves at the free pace
                                └ [Don’t send] ► (asks once) ── [Yes, don’t send] ► is cancelled
    it is paid for ── [At the free pace] ► the rest leaves at the free pace
    the network didn't take it ── [Pay] ► as above

Where nobody presses anything, it leaves at the free pace.
"""

from collections.abc import Callable

from bot.conversation.look import View
from bot.conversation.staff.common import staff_only
from bot.conversation.staff.effects import SetPace
from bot.conversation.staff.look import Paced
from bot.conversation.topic import Topic
from bot.conversation.words import Answer, Edit, Pressed, Rows, Say, State, Step, press


def _of_broadcast(
    handler: Callable[[State, Pressed, View, Paced], Step],
) -> Callable[[State, Pressed, View], Step]:
    """Decorate a handler of a button on a broadcast that may still be paid for or not."""

    @staff_only
    def checked(state: State, event: Pressed, view: View) -> Step:
        paced = view.staff.paced(event.about)
        if paced is None or paced.pace == "cancelled":
            return state, (Answer(template="alerts.decided_already"),)
        return handler(state, event, view, paced)

    return checked


@_of_broadcast
def sure_pay(state: State, event: Pressed, view: View, paced: Paced) -> Step:
    """Ask whether the price shall be paid; say that it can't where it passes the ceiling."""
    if paced.pace == "paid":
        return state, (Answer(template="alerts.decided_already"),)
    if not paced.fits:
        return state, (Say(template="broadcasts.too_dear", values=paced.values),)
    buttons: Rows = (
        (
            press("broadcast_pay_yes", "broadcasts", "pay", paced.ref),
            press("keep", "holding", "no"),
        ),
    )
    return state, (Say(template="broadcasts.sure_pay", values=paced.values, buttons=buttons),)


@_of_broadcast
def pay(state: State, event: Pressed, view: View, paced: Paced) -> Step:
    """Let the broadcast leave at the pace that is paid for."""
    if not paced.fits:
        return state, (Edit(template="broadcasts.too_dear", values=paced.values),)
    buttons = ((press("broadcast_free", "broadcasts", "free", paced.ref),),)
    return _decided(
        state, paced, "pay", Edit(template="broadcasts.paid", values=paced.values, buttons=buttons)
    )


@_of_broadcast
def free(state: State, event: Pressed, view: View, paced: Paced) -> Step:
    """Let what waits of the broadcast leave at the free pace."""
    return _decided(state, paced, "free", Say(template="broadcasts.free", values=paced.values))


@_of_broadcast
def sure_cancel(state: State, event: Pressed, view: View, paced: Paced) -> Step:
    """Ask whether none of it shall be sent."""
    buttons: Rows = (
        (
            press("broadcast_cancel_yes", "broadcasts", "cancel", paced.ref),
            press("keep", "holding", "no"),
        ),
    )
    return state, (Say(template="broadcasts.sure_cancel", values=paced.values, buttons=buttons),)


@_of_broadcast
def cancel(state: State, event: Pressed, view: View, paced: Paced) -> Step:
    """Send nothing more of the broadcast."""
    return _decided(
        state, paced, "cancel", Edit(template="broadcasts.cancelled", values=paced.values)
    )


def _decided(state: State, paced: Paced, way: str, said: Say) -> Step:
    """Decide, and say what came of it in the same way in either case."""
    unchanged = type(said)(template="broadcasts.unchanged", values=paced.values)
    return state, (SetPace(ref=paced.ref, way=way, said=said, unchanged=unchanged),)


TOPIC = Topic(
    name="broadcasts",
    presses={
        "sure": sure_pay,
        "pay": pay,
        "free": free,
        "drop": sure_cancel,
        "cancel": cancel,
    },
)
