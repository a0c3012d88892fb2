"""A chat, and e-mail through a real server, of the shipped campaign of a year; and letting it leave."""

from dataclasses import replace
from datetime import timedelta

import house
import orchard
from fakes.base import IMPATIENT

from bot.chat.terminal import Network
from bot.config import Chat, Privacy, Safeguarding, Web
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.model import Secret
from bot.networks.apprise.network import Network as Apprise
from bot.render import Renderer


def services_in(folder, library, office, answer=1.0):
    """A chat, and e-mail through a real server; the shipped campaign. `answer` is how many seconds
    the mail server has for each answer.
    """
    chat, mail = (
        house.channel("telegram", network="telegram"),
        house.channel("mail", network="apprise", posts=False),
    )
    made = house.services(folder, channels=(chat, mail), quiet=house.NIGHT)
    settings = replace(
        made.settings,
        privacy=Privacy(
            controller="The Secretariat", contact="privacy@example.org", retention=365, url=None
        ),
        safeguarding=Safeguarding(name="Ana", contact=77, retention=30),
        chat=Chat(staff=(99,)),
        web=Web(public_url=orchard.PUBLIC, listen="127.0.0.1:0"),
    )
    impatient = type("Network", (Apprise,), {"BOUNDS": replace(IMPATIENT, answer=answer)})
    return replace(
        made,
        library=library,
        active=(library.campaigns["endchildlabour2021"],),
        renderer=Renderer(library.files, library.campaigns),
        settings=settings,
        networks={
            "telegram": Network(chat, {}),
            "mail": impatient(mail, {"url": Secret(office.url)}),
        },
    )


async def leave(services, now, holds=None):
    """Let all e-mail leave that is due."""
    mine, services.store.holds = services.store.holds, holds or services.store.holds
    dispatcher = Dispatcher(services, "mail", now - timedelta(hours=1))
    for second in range(30):
        if await dispatcher.step(now + timedelta(seconds=second)) is None:
            break
    await dispatcher.close(now)
    services.store.holds = mine
