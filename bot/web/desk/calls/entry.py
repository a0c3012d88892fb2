"""What somebody sent to a call, with the safeguarding checklist before anybody else sees it.

The questions are those of the chat, in its words. Who looked first at something that shows a child
is never the second.
"""

from collections.abc import Mapping

from bot.errors import Missing
from bot.jobs.calls import entries
from bot.model.calls.entry import Entry, EntryState
from bot.rules.amplification import questions
from bot.web.desk.calls.listed import PATH, SENT, titled
from bot.web.desk.colleague import Colleague
from bot.web.desk.others import checklist
from bot.web.desk.site import done, numbered
from bot.web.public.reader import Elsewhere, Shown


def entry(who: Colleague) -> Shown:
    """Show what was sent, and what can be decided."""
    there = _there(who)
    waits = there.state in (EntryState.WAITS, EntryState.SECOND)
    about = {"author": there.sent.name, "network": "", "organisation": there.sent.name}
    return Shown(
        template="call_entry.html",
        title=titled(who, there),
        trail=((str(who.words["menu"]["calls"]), who.path(PATH)),),
        values={
            "entry": there.sent,
            "lines": entries.lines(who.services, there.sent, who.language),
            "at": who.instant(there.at),
            "state": who.words["entries"][there.state.word],
            "mine": there.first is not None and who.team.same(there.first, who.by),
            "chooses": waits and there.sent.shows,
            "drops": there.state is not EntryState.PRIVATE,
            "questions": checklist.asked(who, questions(known=True), about),
            "answers": checklist.choices(who),
        },
    )


def decided(who: Colleague, form: Mapping[str, str]) -> Elsewhere:
    """Do what a button of the page says. Raises `UsageError` as the functions that decide."""
    there = _there(who)
    match form.get("act"):
        case "answer":
            answers = checklist.answered(form, questions(known=True))
            became = entries.answer(who.services, there.id, answers, who.by, who.now)
            return done(who, f"entry_{became.word}", PATH, SENT, str(there.id))
        case "drop":
            entries.drop(who.services, there.id, who.by, who.now)
            return done(who, "entry_private", PATH, SENT, str(there.id))
    raise Missing("there is no such decision; load the page anew")


def _there(who: Colleague) -> Entry:
    there = who.services.store.entries.get(numbered(who.parts["number"]))
    if there is None:
        raise Missing("there is no such entry; its author may have deleted it")
    return there
