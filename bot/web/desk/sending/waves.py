"""The waves: how far each is, and when it will have left; live where a script may run."""

from dataclasses import replace
from datetime import timedelta

from bot.gaps import filled
from bot.jobs.planning.watched import Watched, watched
from bot.jobs.staff import posting
from bot.times import epoch
from bot.web.desk.colleague import Colleague
from bot.web.desk.live import Streams
from bot.web.desk.pages import Live
from bot.web.desk.view import fragment
from bot.web.public.reader import Shown

_STREAMS = Streams()

_HUNDRED = 100


async def waves(who: Colleague) -> Shown:
    """Show the waves under way and to come."""
    found = await watched(who.services, who.now)
    title = who.words["waves"]["title"]
    values = {
        "waves": [_line(who, wave) for wave in found],
        "said": _said(who, found),
        "events": who.path("outbox", "events"),
    }
    trail = ((who.words["menu"]["outbox"], who.path("outbox")),)
    return Shown(template="waves.html", title=title, values=values, trail=trail)


def events(who: Colleague) -> Live:
    """Give what the page shows, again and again."""

    async def look(passed: timedelta) -> dict[str, str]:
        now = replace(who, now=who.now + passed)
        found = await watched(now.services, now.now)
        lines = [_line(now, wave) for wave in found]
        return {
            "html": fragment(now, "waves_list.html", waves=lines),
            "said": _said(now, found),
        }

    return Live(events=_STREAMS.of("waves", look))


def _said(who: Colleague, found: list[Watched]) -> str:
    """Return in a sentence how all of it stands."""
    words = who.words["waves"]
    left = sum(wave.left for wave in found)
    ends = max((wave.day.ends for wave in found if wave.day.ends is not None), default=None)
    if not found or ends is None:
        return str(words["none"] if not left else filled(words["wait"], count=who.number(left)))
    return filled(words["all"], count=who.number(left), at=who.instant(ends))


def _line(who: Colleague, wave: Watched) -> dict[str, object]:
    words, day = who.words["waves"], wave.day
    return {
        "title": posting.title(who.services, wave.about, who.language),
        "day": who.day(day.day),
        "channel": day.channel,
        "most": max(wave.messages, 1),
        "ended": wave.ended,
        "far": filled(
            words["far"],
            sent=who.number(wave.sent),
            count=who.number(wave.messages),
            share=who.number(wave.ended * _HUNDRED // max(wave.messages, 1)),
        ),
        "notes": [
            filled(words[key], count=who.number(count), at=at)
            for key, count, at in _notes(who, wave)
        ],
    }


def _notes(who: Colleague, wave: Watched) -> list[tuple[str, int, str]]:
    """Return what is to be said of a wave: a key of the words, a number and an instant."""
    day, notes = wave.day, list[tuple[str, int, str]]()
    if day.begins > epoch(who.now):
        notes.append(("begins", 0, who.instant(day.begins)))
    if day.ends is not None:
        notes.append(("ends", 0, who.instant(day.ends)))
    if day.held:
        notes.append(("held", day.held, ""))
    if day.late:
        notes.append(("late", day.late, who.instant(day.expires)))
    return notes
