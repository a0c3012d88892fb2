"""News of a pledge for those who edit it: what staff have decided, who joined, who is to be asked
now. Each editor gets a note of the outbox, wherever they are met.

A line of the pledge's history is what the news is about: its text is made of that line when it goes
out (`bot.jobs.texts.notes`), in the language of whoever gets it. The key of a delivery makes sure
that each hears it once, from whichever place it was told.
"""

from collections.abc import Iterable
from datetime import datetime

from bot.conversation.words import Rows, press
from bot.jobs.services import Services
from bot.jobs.texts import notes
from bot.model.pledge import Pledge, PledgeState
from bot.model.subject import News, Subject


def hearers(services: Services, pledge: int) -> list[int]:
    """Return the editors of a pledge whom news reach: those who have agreed and are still there, on
    a channel that isn't dry.
    """
    return [
        editor.person
        for editor in services.store.editors.team(pledge)
        if editor.hears and _leaves(services, editor.channel)
    ]


def _leaves(services: Services, channel_id: int | None) -> bool:
    channel = services.channel(channel_id) if channel_id is not None else None
    return channel is not None and channel.name not in services.dry


def tell(
    services: Services, event: int, now: datetime, people: Iterable[int] | None = None
) -> None:
    """Put the news of a line of history into the outbox, for these people or for all who edit the
    pledge.
    """
    store = services.store
    line = store.pledges.happening(event)
    pledge = store.pledges.get(line.pledge) if line else None
    if pledge is None:
        return
    bring(services, pledge, News(event), now, people)


def bring(
    services: Services,
    pledge: Pledge,
    subject: Subject,
    now: datetime,
    people: Iterable[int] | None = None,
) -> None:
    """Put a note about a pledge into the outbox, for these people or for all who edit it and hear
    its news.
    """
    meant = None if people is None else set(people)
    for editor in services.store.editors.team(pledge.id):
        wanted = editor.hears and (meant is None or editor.person in meant)
        if wanted and editor.channel is not None and services.channel(editor.channel) is not None:
            notes.send(
                services,
                pledge.campaign,
                subject,
                pledge.audience,
                0,
                editor.person,
                editor.channel,
                now,
            )


def concerns(services: Services, event: int, person: int) -> bool:
    """Return whether the news of a line of history still concern somebody to whom it was to be
    told: who edits the pledge no longer hears that alone, and of a pledge that was withdrawn nobody
    hears. What is no longer known concerns them; its text says so.
    """
    line = services.store.pledges.happening(event)
    pledge = services.store.pledges.get(line.pledge) if line else None
    if line is None or pledge is None or line.kind == "removed":
        return True
    stands = pledge.state is not PledgeState.WITHDRAWN
    return stands and services.store.editors.may_edit(pledge.id, person)


def successors(services: Services, led: Iterable[int], now: datetime) -> None:
    """Tell those who became focal points because the one before them has left.

    `led` are the pledges that the one before led.
    """
    for pledge in led:
        focal, line = services.store.editors.focal(pledge), services.store.pledges.newest(pledge)
        if focal is not None and line is not None:
            tell(services, line.id, now, [focal])


def buttons(services: Services, event: int) -> Rows:
    """Return the buttons for what can be done about the news in a chat."""
    line = services.store.pledges.happening(event)
    if line is None or line.kind == "removed":
        return ()
    take = (
        ((press("pledge_take_over", "pledge_team", "take", line.pledge),),)
        if line.kind == "unreachable"
        else ()
    )
    return (*take, (press("pledge_card", "pledge", "card", line.pledge),))
