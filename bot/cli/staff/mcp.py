"""`drumbeat mcp`: lets a language model's program work for a member of staff."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import Annotated

import typer

from bot.cli.common import (
    ConfigOption,
    DbOption,
    fail,
    open_library,
    open_settings,
    tell_rehearsal,
    user,
    with_dry,
)

AsOption = Annotated[
    str,
    typer.Option(
        "--as",
        metavar="NAME",
        help="The member of staff in whose name it reads and suggests.",
        show_default=False,
    ),
]


def mcp(*, name: AsOption, config: ConfigOption = None, db: DbOption = None) -> None:
    """Let a language model's program read campaigns, posts and numbers, and suggest texts, over
    stdin and stdout (Model Context Protocol).

    It approves nothing, sends nothing, and sees nothing of people. Each call is in the log of who
    did what. It needs the package mcp: pip install 'drumbeat[mcp]'.
    """
    if find_spec("mcp") is None:
        fail("drumbeat mcp needs the package mcp, which is not there: pip install 'drumbeat[mcp]'")
    from bot.app import open_beside, open_store
    from bot.jobs.sending.decisions import clock
    from bot.mcp.server import serve
    from bot.mcp.tools import Tools
    from bot.names import pick
    from bot.networks.common import thread

    settings = open_settings(config, db)
    # with no secret at all: networks say how long texts may be, and nothing can leave
    services = open_beside(
        settings, open_library(settings, ()), readonly=True, connect=True, environ={}
    )
    with closing(services.store), closing(open_store(settings)) as writes:
        tell_rehearsal(services.store)
        pick(name, [each.name for each in services.team.members], "member of staff")
        tools = Tools(
            replace(with_dry(services), networks=services.networks),
            writes,
            name,
            lambda: clock(services.store, datetime.now(UTC)),
        )
        tools.begin(user())
        thread.run(serve(tools))
