"""The page behind the link in a letter that asks a pledge-maker whether they want to know another
one: they write what that one may know, or say no.
"""

from bot.gaps import filled
from bot.jobs.pledges import introductions
from bot.languages import said_row
from bot.model.pledges.introduction import Acquaintance, Detail, Details
from bot.model.words.web import MeetWords
from bot.rules.pledges import details
from bot.times import epoch
from bot.web.asked import Asked
from bot.web.public.pledges.naming import plain
from bot.web.view import Blank, Choice, Page

_INPUTS = {
    Detail.NAME: ("text", "name", ""),
    Detail.EMAIL: ("email", "email", ""),
    Detail.TELEGRAM: ("text", "off", "@…"),
    Detail.PHONE: ("tel", "tel", "+…"),
}
"""Of each field: its kind, what browsers fill in by themselves, and a hint."""


def answer(asked: Asked) -> Page | None:
    """Show whom it is about; on POST take their answer. None where they aren't asked."""
    side, person = asked.grant.subject, asked.grant.person
    other = introductions.seen(asked.services, side, person, asked.language)
    if other is None:
        return None
    if not other.asks(epoch(asked.now)):
        return _ended(asked, other)
    if not asked.posted:
        return _ask(asked, other, {})
    if asked.form.get("answer") == "no":
        introductions.answer(asked.services, side, person, asked.now, agreed=False)
        return Page(title=asked.words.meet.done_title, text=asked.words.meet.refused)
    if asked.form.get("answer") == "never":
        introductions.no_more(asked.services, side, person, asked.now)
        return Page(title=asked.words.meet.done_title, text=asked.words.meet.never_done)
    return _agree(asked, other)


def _agree(asked: Asked, other: Acquaintance) -> Page:
    """Take a yes with what was written; where something is wrong with that, ask once more."""
    said, person = asked.words.meet, asked.grant.person
    typed = {each: asked.form.get(each.value, "").strip() for each in Detail}
    read = {each: details.read(each, text) for each, text in typed.items() if text}
    wrong = [_label(asked, each) for each, text in read.items() if text is None]
    if wrong:
        return _ask(asked, other, typed, filled(said.wrong, field=said_row(wrong, asked.spoken)))
    given = {each: text for each, text in read.items() if text is not None}
    if not given:
        return _ask(asked, other, typed, said.nothing)
    with asked.services.store.transaction():
        introductions.tick(asked.services, other.side, given, person, asked.now)
        introductions.answer(asked.services, other.side, person, asked.now, agreed=True)
    return Page(title=said.done_title, text=_filled(asked, other, said.done))


def _ask(asked: Asked, other: Acquaintance, typed: Details, problem: str = "") -> Page:
    said = asked.words.meet
    blanks = [
        Blank(
            name=each.value,
            label=_label(asked, each),
            value=typed.get(each, ""),
            kind=kind,
            autocomplete=complete,
            hint=hint,
        )
        for each, (kind, complete, hint) in _INPUTS.items()
    ]
    return Page(
        title=said.title,
        text=_filled(asked, other, said.text),
        problem=problem,
        choices=[
            Choice(
                label=said.button, value="yes", first=True, blanks=blanks, blanks_label=said.blanks
            ),
            Choice(label=said.no, value="no"),
            Choice(label=said.never, value="never"),
        ],
        over=asked.over(other.campaign),
    )


def _ended(asked: Asked, other: Acquaintance) -> Page:
    """Return the page after an answer, or after the last day for one."""
    said: MeetWords = asked.words.meet
    if other.made:
        return Page(title=said.done_title, text=_filled(asked, other, said.made))
    if other.agreed is False:
        return Page(title=said.done_title, text=said.refused)
    if other.agreed and epoch(asked.now) < other.expires:
        return Page(title=said.done_title, text=_filled(asked, other, said.done))
    return Page(title=said.old_title, text=said.old)


def _filled(asked: Asked, other: Acquaintance, text: str) -> str:
    return filled(
        text,
        organisation=plain(other.organisation),
        name=plain(other.name),
        reasons="\n\n".join(other.reasons),
        until=asked.day(other.until),
    )


def _label(asked: Asked, detail: Detail) -> str:
    texts = asked.services.renderer.chat
    return texts.word("introduction_details", detail.value, asked.spoken)
