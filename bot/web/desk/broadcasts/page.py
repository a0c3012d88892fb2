"""What goes to people on a day: how it stands on a channel, and what they will read there, in each
wording and language. Nobody of them is named.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot import networks
from bot.errors import UsageError
from bot.gaps import filled
from bot.jobs.broadcasts import going, skipping
from bot.jobs.broadcasts.going import Going
from bot.jobs.campaigns.preview import Preview
from bot.jobs.staff import posting
from bot.jobs.staff.announcing import Announcement
from bot.jobs.staff.writing import rewordings
from bot.jobs.texts import samples
from bot.languages import own_names
from bot.model import Campaign, Channel
from bot.model.outbox.waves import ToPeople
from bot.model.staff import Whom
from bot.model.subject import Planned
from bot.times import epoch
from bot.web.desk.broadcasts.reworded import reworded
from bot.web.desk.colleague import Colleague
from bot.web.desk.posts import calendars
from bot.web.desk.site import done, field, numbered
from bot.web.public.reader import Elsewhere, Shown


@dataclass(frozen=True, kw_only=True)
class Text:
    """What people read of it, in one wording."""

    text: str
    #: of a letter
    subject: str = ""
    #: which of several wordings it is, as it is written
    wording: str = ""
    language: str = ""
    #: how long it is; '' where it may be as long as it likes
    length: str = ""
    #: why it can't be made, in English
    problem: str = ""


async def broadcast(who: Colleague) -> Shown:
    """Show what an occurrence brings to people on a channel."""
    about = asked(who)
    row, channel = about.row, about.channel
    standing = going.standing(who.services, about, who.now)
    start, language = going.start(who.services, about), _language(who, row)
    values = {
        "row": row,
        "channel": channel.name,
        "day": who.day(row.day, "full"),
        "line": calendars.people_line(who, about),
        "sent": who.number(sent) if (sent := await _sent(who, about)) else "",
        "here": who.path(*path(about)),
        "starts": start,
        "starts_at": calendars.clock_of(who, start) if start else "",
        "skips": standing in going.OPEN and len(going.of(who.services, row)),
        "skipped": standing == "skipped",
        "planned": isinstance(row.subject, Planned),
        "texts": _texts(who, row, channel),
        "reworded": reworded(who, about, language),
        "spoken": own_names(_languages(who, row)),
        "language": language,
    }
    title = posting.title(who.services, row, who.language)
    trail = ((who.words["menu"]["calendar"], who.path("calendar")),)
    return Shown(template="prompt.html", title=title, trail=trail, values=values)


def asked(who: Colleague) -> Going:
    """Return what the path means; raises `Missing` where nothing of the occurrence goes to people
    on the channel.
    """
    return going.on(who.services, numbered(who.parts["occurrence"]), who.parts["channel"])


def path(about: Going) -> tuple[str, ...]:
    """Return the parts of the path of its page."""
    return ("prompts", str(about.row.id), about.channel.name)


async def _sent(who: Colleague, about: Going) -> int:
    """Return how many have got it, as counted some seconds ago at most."""
    progress = who.services.store.progress
    for _ in progress.steps(about.row.id, about.number, epoch(who.now)):
        await asyncio.sleep(0)
    counted = progress.last(about.row.id, about.number)
    return counted.sent if counted is not None else 0


async def decide(who: Colleague, form: Mapping[str, str]) -> Elsewhere:
    """Skip it on this channel or on all, send it after all, or approve the words that were seen."""
    about, way = asked(who), field(form, "do")
    here = path(about)
    if way == "approve":
        language, mark = field(form, "language"), field(form, "mark")
        await rewordings.approve(who.services, about, language, mark, who.by, who.now)
        return done(who, "words_approved", *here, language=language)
    if way == "again":
        skipping.again(who.services, about, who.by, who.now)
        return done(who, "sent_after_all", *here)
    if way == "skip":
        skipping.skip(who.services, about, who.by, who.now)
    elif way == "skip_all":
        skipping.skip_all(who.services, about.row, who.by, who.now)
    else:
        raise UsageError("nothing was done: say whether to skip it", "stale")
    return done(who, "skipped", *here)


def _campaign(who: Colleague, row: ToPeople) -> Campaign | None:
    return who.services.library.campaigns.get(row.campaign)


def _languages(who: Colleague, row: ToPeople) -> Sequence[str]:
    """Return the languages in which it can be read here; of what staff wrote there is one text."""
    campaign = _campaign(who, row)
    return campaign.languages if campaign and isinstance(row.subject, Planned) else ()


def _language(who: Colleague, row: ToPeople) -> str:
    known, wanted = _languages(who, row), who.query.get("language", "")
    mine = next((tag for tag in known if tag.partition("-")[0] == who.language), "")
    return wanted if wanted in known else mine or next(iter(known), "")


def _texts(who: Colleague, row: ToPeople, channel: Channel) -> list[Text]:
    if not isinstance(row.subject, Planned):
        return _announced(who, row, channel)
    campaign = _campaign(who, row)
    action = campaign.action(row.subject.about) if campaign else None
    if campaign is None or action is None:
        return []
    wordings = samples.of_people(
        who.services.settings,
        who.services.renderer,
        (campaign, action),
        {channel.network: networks.load(channel.network)},
        audience=row.audience,
        day=row.day,
        language=_language(who, row),
    )
    return [_text(who, each, len(wordings)) for each in wordings]


def _text(who: Colleague, each: Preview, several: int) -> Text:
    words, number = who.words["prompt"], who.number(each.wording)
    return Text(
        text=each.text or "",
        subject=each.subject or "",
        wording=filled(words["wording"], number=number) if several > 1 else "",
        language=each.language,
        length=_length(who, each),
        problem=each.problem or "",
    )


def _length(who: Colleague, each: Preview) -> str:
    if each.length is None or each.limit is None:
        return ""
    count, most = who.number(each.length), who.number(each.limit)
    return filled(who.words["post"]["length"], count=count, most=most)


def _announced(who: Colleague, row: ToPeople, channel: Channel) -> list[Text]:
    """Return an announcement as it goes out on the channel."""
    own = who.services.store.oneoffs.about(row.subject)
    if own is None:
        return []
    whom = Whom(
        audiences=(row.audience,),
        language=own.language,
        country=own.country,
        groups=own.groups,
    )
    outlets = Announcement(who.services, own.text, whom).outlets
    mine = [
        Text(text=each.text, subject=each.subject)
        for each in outlets
        if each.channel == channel.name
    ]
    return mine or [Text(text=own.text)]
