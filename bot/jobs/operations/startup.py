"""The start of a process that sends: what it finds, and what its log says then.

What an earlier process left is put in order; version, campaigns, channels and what comes next are
named. The lines about data and channels come again after each reload.
"""

import gc
import logging
import os
from datetime import datetime

from bot import __version__
from bot.jobs.operations import dry, reload, status, surroundings
from bot.jobs.planning import outlook
from bot.jobs.sending.dispatch.unheard import alarm_uncertain
from bot.jobs.services import Services
from bot.model.person import Status
from bot.rules.alerts import of_a_process
from bot.store import Store
from bot.text import counted
from bot.times import epoch

log = logging.getLogger(__name__)


def keep_what_is_loaded() -> None:
    """Let the garbage collector no longer look through what there is now: modules, texts and tables
    stay as long as the process. Each full look takes some 100 ms, in which nothing leaves.
    """
    gc.collect()
    gc.freeze()


def recover(services: Services, now: datetime) -> None:
    """Put in order what an earlier process left: its failing jobs and chat, a reload that nobody
    answered, and deliveries that were under way, which are *uncertain* now.
    """
    store, moment = services.store, epoch(now)
    for alert in store.alerts.current():
        if of_a_process(alert.kind, alert.subject):  # what fails still is told anew
            store.alerts.close(alert.kind, alert.subject, moment)
    if token := reload.asked(store):  # the data of a process that begins are fresh
        reload.answer(store, token, reload.Answer())
    count = _uncertain(store, moment)
    if count:
        log.warning(
            "%s under way when drumbeat last ended: uncertain now, none is blindly sent again",
            counted(count, "delivery was", "deliveries were"),
        )
        alarm_uncertain(services, moment)


def _uncertain(store: Store, moment: int) -> int:
    """Give up what nobody can be sending: all, or where others send too, what has no lease. The
    job `leases` ends theirs when it has seen them dead.
    """
    if store.database.is_only_sender:
        return store.outbox.recover(moment)
    return store.outbox.give_up_orphans(moment)


def greet(services: Services) -> None:
    """Say in the log which version plays which campaigns, from which file, for how many people."""
    names = ", ".join(campaign.id for campaign in services.active) or "no campaign"
    log.info(
        "drumbeat %s plays %s from %s for %d subscribers",
        __version__,
        names,
        services.settings.database,
        services.store.people.count(Status.ACTIVE),
    )


def tell_playing(services: Services, now: datetime) -> None:
    """Remember and log which version of the files is played since now; problems of earlier ones are
    dropped.
    """
    version = services.library.files.version
    reload.remember_playing(services.store, version, now)
    surroundings.remember_problems(services.store, ())
    log.info("the files that are used have the version %s", version)


def tell_channels(services: Services, now: datetime) -> None:
    """Log of each channel that isn't dry whether it sends, and of each webhook what it is told;
    what a person should look at is a warning. `tell_surroundings` says which channels are dry.
    """
    dry.remember_dry(services.store, services.dry)
    for channel in status.channels(services.settings, services.store, services.dry, now):
        if channel.state == "dry":
            continue
        level = logging.WARNING if channel.state in ("paused", "held") else logging.INFO
        log.log(
            level,
            "channel %s (%s) is %s%s",
            channel.name,
            channel.network,
            channel.state,
            channel.reason and f": {channel.reason}",
        )
    for name, endpoint in services.webhooks.items():
        if endpoint.why:
            log.warning("%s", endpoint.why)
        else:
            log.info("webhook %s is told: %s", name, ", ".join(endpoint.webhook.events))


def tell_surroundings(services: Services, now: datetime) -> None:
    """Log what `check`, `doctor` and `status` say of everything around the data, in their words.

    What another part of the process says by itself is left out: a live chat that it can't start,
    the look through the data which pictures can't be used.
    """
    for remark in surroundings.all_of(
        services.settings,
        services.library,
        services.store,
        now,
        environ=os.environ,
        dry=services.dry,
        runs=True,
    ):
        if not (remark.wrong and remark.about in ("privacy", "pictures")):
            log.log(logging.WARNING if remark.asks else logging.INFO, "%s", remark.text)


def tell_outlook(services: Services, now: datetime) -> None:
    """Log what goes out next."""
    upcoming = outlook.coming(services.store, services.active, services.settings.channels, now, 1)
    known = sorted(services.library.campaigns)
    log.info("%s", outlook.sentence(upcoming, services.active, known, now))
