"""Scale-up results: staff look at the answers, and decide whether everybody may see them.

::

    the card ── [Scale-up result] ► the answers ─┬ [Show it to everybody] ► on its page; told
                                                 ├ [Keep it private]      ► it waits no longer
                                                 └ [Take it off the page] ► private again; told

A decision is about the answers that were shown; where these have changed, the button is stale, and
the result waits anew.
"""

from bot.conversation.look import View
from bot.conversation.pledges.effects import DecideResult
from bot.conversation.pledges.look import Seen
from bot.conversation.staff.pledges.card import made_public, of_staff, stands
from bot.conversation.words import Pressed, Say, State, Step, line, paragraph, press, stale

_DECISIONS = {"show": "reveal", "hide": "conceal", "keep": "conceal"}
_OFFERS = {"waits": ("show", "keep"), "shown": ("hide",), "private": ("show",), "": ()}


@of_staff
def result(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Show the scale-up result, and offer to show it to everybody or to nobody."""
    there = seen.result
    if there is None:
        return stale(state)
    standing = stands(seen)
    ways = tuple(
        press(f"staff_{way}_result", "pledges", _DECISIONS[way], seen.id, there.mark)
        for way in _OFFERS[standing]
    )
    values = {"number": seen.id, "organisation": seen.pledge.organisation}
    said = Say(
        template="pledge_staff.result",
        values=values,
        parts=(
            line("pledge_staff.result_head"),
            *(
                paragraph("pledge_staff.card_answer", ask=each.ask, answer=each.answer)
                for each in there.lines
            ),
            paragraph(f"pledge_staff.result_{standing or 'early'}"),
        ),
        buttons=((ways,) if ways else ()),
    )
    return state, (said,)


@of_staff
def reveal(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Let everybody see the scale-up result that was shown."""
    there = seen.result
    if there is None or event.args[1] != there.mark or there.shown or not stands(seen):
        return stale(state)
    return state, (
        DecideResult(pledge=seen.id, mark=there.mark, show=True),
        made_public("revealed", view, seen),
    )


@of_staff
def conceal(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Let nobody see the scale-up result that was shown, or no longer."""
    there = seen.result
    if there is None or event.args[1] != there.mark or (there.decided and not there.shown):
        return stale(state)
    told = view.pledges.hearers(seen.id)
    how = "kept" if not there.shown else "told" if told else "untold"
    values = {"number": seen.id, "told": told}
    return state, (
        DecideResult(pledge=seen.id, mark=there.mark, show=False),
        Say(template=f"pledge_staff.concealed_{how}", values=values),
    )
