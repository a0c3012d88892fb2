"""What goes to people at the desk: how it stands on a channel, what they read there, and what is
decided about it.

============  ================================================================
``page``      how it stands, each wording, [Skip it], [Send it after all]
``hour``      a day and hour before which nothing of it leaves
``editing``   other words for it, in one language
``reworded``  such words, and whether they are approved
============  ================================================================
"""

from bot.model.staff import StaffRole
from bot.web.desk.broadcasts import editing, hour, page
from bot.web.desk.pages import DeskPage
from bot.web.desk.posts.editing import MOST_BYTES

_HERE = "prompts/{occurrence}/{channel}"
_WORDS = f"{_HERE}/edit/{{language}}"

PAGES: tuple[DeskPage, ...] = (
    DeskPage(path=_HERE, answer=page.broadcast, posted=page.decide),
    DeskPage(
        path=f"{_HERE}/hour",
        answer=hour.hour,
        needs=StaffRole.WRITER,
        posted=hour.move,
        sends=StaffRole.WRITER,
    ),
    DeskPage(
        path=_WORDS,
        answer=editing.edit,
        needs=StaffRole.WRITER,
        posted=editing.keep,
        sends=StaffRole.WRITER,
        most_bytes=MOST_BYTES,
    ),
    DeskPage(
        path=f"{_WORDS}/measured",
        answer=editing.back,
        posted=editing.measured,
        sends=StaffRole.WRITER,
        most_bytes=MOST_BYTES,
    ),
)
"""The pages, by their path below /desk/."""
