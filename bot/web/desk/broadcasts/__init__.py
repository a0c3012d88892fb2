"""What goes to people at the desk: how it stands on a channel, what they read there, and what is
decided about it.

========  ====================================================================
``page``  how it stands, each wording, [Skip] and [Send it after all]
``hour``  a day and hour before which nothing of it leaves
========  ====================================================================
"""

from bot.model.staff import StaffRole
from bot.web.desk.broadcasts import hour, page
from bot.web.desk.pages import DeskPage

_HERE = "prompts/{occurrence}/{channel}"

PAGES: tuple[DeskPage, ...] = (
    DeskPage(path=_HERE, answer=page.broadcast, posted=page.decide),
    DeskPage(
        path=f"{_HERE}/hour",
        answer=hour.hour,
        needs=StaffRole.WRITER,
        posted=hour.move,
        sends=StaffRole.WRITER,
    ),
)
"""The pages, by their path below /desk/."""
