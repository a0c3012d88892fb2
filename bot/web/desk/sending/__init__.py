"""Sending at the desk: what is announced, what is held, what became of each delivery, and the waves
under way.

==============  ===================================================================
``announcing``  write to subscribers, once it is read how it goes out
``holds``       hold everything or a part of it, and see what is held
``releasing``   let it go on, once it is seen what would leave first
``outbox``      every post with its state; of what goes to people, counts
``acts``        what can be decided there
``deciding``    that it is asked once, and done one by one
``waves``       how far the waves are, and when they will have left; also live
==============  ===================================================================
"""

from bot.model.staff import StaffRole
from bot.web.desk.pages import DeskPage
from bot.web.desk.sending import announcing, deciding, holds, outbox, releasing, waves

PAGES: tuple[DeskPage, ...] = (
    DeskPage(
        path=announcing.PATH,
        answer=announcing.announce,
        needs=StaffRole.APPROVER,
        menu="announce",
        posted=announcing.posted,
        most_bytes=announcing.MOST_BYTES,
    ),
    DeskPage(path="outbox", answer=outbox.outbox, posted=deciding.decide, menu="outbox"),
    DeskPage(path="outbox/waves", answer=waves.waves),
    DeskPage(path="outbox/events", answer=waves.events, by_itself=True),
    DeskPage(path="hold", answer=holds.holds, posted=holds.hold, menu="hold"),
    DeskPage(path="hold/release", answer=releasing.ask, posted=releasing.release),
)
"""The pages, by their path below /desk/, in the order of the menu."""
