"""Posts at the desk: when they go out, what they say on each network, and what is decided about
them.

=============  ====================================================================
``calendars``  the month and the week, with the state of each post
``spans``      the days that it shows
``cards``      a post as a page shows it
``told``       sentences about a text on a channel
``post``       a post's page: approve it, cancel it, give it another hour
``editing``    another wording for one network, with its length as that counts
``wording``    such a wording, and what it loses
``changes``    what somebody else changed meanwhile
``queue``      what waits for approval
``compose``    a post of one's own, with its drafts
``drafted``    a draft as its form shows it
``by_hand``    what people post by hand, where no channel does
``table``      several of them from a CSV file
=============  ====================================================================
"""

from bot.model.staff import StaffRole
from bot.web.desk.pages import DeskPage
from bot.web.desk.posts import by_hand, calendars, compose, editing, post, queue, table

_POST = "posts/{key}"

PAGES: tuple[DeskPage, ...] = (
    DeskPage(path="calendar", answer=calendars.calendars, menu="calendar"),
    DeskPage(path="queue", answer=queue.queue, posted=queue.approve, menu="queue"),
    DeskPage(
        path=by_hand.PATH,
        answer=by_hand.by_hand,
        menu="by_hand",
        posted=by_hand.posted,
        sends=StaffRole.WRITER,
    ),
    DeskPage(
        path="compose",
        answer=compose.compose,
        needs=StaffRole.WRITER,
        menu="compose",
        posted=compose.save,
        sends=StaffRole.WRITER,
        most_bytes=compose.MOST_BYTES,
        files=1,
    ),
    DeskPage(
        path="compose/table",  # before what would take it for a draft
        answer=table.table,
        needs=StaffRole.WRITER,
        posted=table.take,
        sends=StaffRole.WRITER,
        most_bytes=table.MOST_BYTES,
        files=1,
    ),
    DeskPage(
        path="compose/{number}",
        answer=compose.compose,
        needs=StaffRole.WRITER,
        posted=compose.save,
        sends=StaffRole.WRITER,
        most_bytes=compose.MOST_BYTES,
        files=1,
    ),
    DeskPage(path="compose/{number}/picture", answer=compose.picture, needs=StaffRole.WRITER),
    DeskPage(path=_POST, answer=post.post, posted=post.decide),
    DeskPage(path=f"{_POST}/picture", answer=post.picture),
    DeskPage(path=f"{_POST}/hour", answer=post.hour, posted=post.move, sends=StaffRole.WRITER),
    DeskPage(
        path=f"{_POST}/edit",
        answer=editing.edit,
        needs=StaffRole.WRITER,
        posted=editing.keep,
        sends=StaffRole.WRITER,
        most_bytes=editing.MOST_BYTES,
    ),
    DeskPage(
        path=f"{_POST}/measured",
        answer=post.back,
        posted=editing.measured,
        sends=StaffRole.WRITER,
        most_bytes=editing.MOST_BYTES,
    ),
)
"""The pages, by their path below /desk/, in the order of the menu."""
