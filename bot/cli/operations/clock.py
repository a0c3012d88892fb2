"""`drumbeat clock trust`: a person says that the machine's clock is right."""

from contextlib import closing
from datetime import UTC, datetime

from bot.cli.common import ConfigOption, DbOption, open_settings, say, user


def trust(*, config: ConfigOption = None, db: DbOption = None) -> None:
    """Let drumbeat believe the machine's clock at once, after it jumped."""
    from bot.app import open_store
    from bot.jobs.operations.clock import ask_to_trust, waits
    from bot.jobs.sending.decisions import clock
    from bot.store.db import has_sender

    settings = open_settings(config, db)
    with closing(open_store(settings)) as store:
        if not waits(store):
            say("Nothing waits for the clock: it has not jumped, or is believed again.")
            return
        ask_to_trust(store, user(), clock(store, datetime.now(UTC)))
    if has_sender(settings.database):
        say("The running drumbeat believes the clock within a second or two.")
    else:
        say("The next `drumbeat run` believes the clock as it is then.")
