"""The stage on which scripts are played (see `player`): services over the shipped campaigns, and a
terminal's network in the place of Telegram.
"""

from contextlib import contextmanager
from dataclasses import replace

import house

from bot.chat.terminal import Network
from bot.config import Privacy, Safeguarding
from bot.render import Renderer

PRIVACY = Privacy(
    controller="The Secretariat", contact="privacy@example.org", retention=365, url=None
)
SAFEGUARDING = Safeguarding(name="Ana", contact=77, retention=30)


def staged(
    folder, library, channel, *others, active=("endchildlabour2021",), quiet=house.NIGHT, **settings
):
    """Services with these channels, and the network of the first, which is called telegram."""
    made = house.services(folder, channels=(channel, *others), quiet=quiet)
    network = Network(channel, {})
    services = replace(
        made,
        library=library,
        active=tuple(library.campaigns[name] for name in active),
        renderer=Renderer(library.files, library.campaigns),
        settings=replace(made.settings, **{"privacy": PRIVACY, **settings}),
        networks={"telegram": network},
    )
    return services, network


@contextmanager
def stages_in(folder, set_up):
    """Give a function that sets up a stage in a folder of its own; all are closed at the end."""
    opened = []

    def open_(name):
        own = folder / name
        own.mkdir()
        opened.append(set_up(own))
        return opened[-1]

    yield open_
    for services, _network in opened:
        services.store.close()
