"""What goes to people at the desk: how it stands on a channel, what they read there, and what is
decided about it.

========  ====================================================================
``page``  how it stands, each wording, [Skip] and [Send it after all]
========  ====================================================================
"""

from bot.web.desk.broadcasts import page
from bot.web.desk.pages import DeskPage

_HERE = "prompts/{occurrence}/{channel}"

PAGES: tuple[DeskPage, ...] = (DeskPage(path=_HERE, answer=page.broadcast, posted=page.decide),)
"""The pages, by their path below /desk/."""
