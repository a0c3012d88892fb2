"""A button that approves, below a text which a colleague has changed since: nothing is approved, and
what stands there now is shown.
"""

from dataclasses import replace

import house
import pytest
from member import NOW, Staff
from tree import TOP

from bot.config import Chat
from bot.files.frozen import read_files
from bot.jobs.planning import plan
from bot.jobs.staff import posting
from bot.model import State
from bot.model.staff import Actor
from bot.render import Renderer

COLLEAGUE = Actor.staff("7")


@pytest.fixture
def services(tmp_path):
    made = house.services(
        tmp_path,
        house.campaign(house.action("deed", observance="tree-day", post=True)),
        channels=(house.channel("telegram", review=True), house.channel("other", review=True)),
    )
    library = replace(made.library, files=read_files((made.library.roots[0], TOP)))
    services = replace(
        made,
        settings=replace(made.settings, chat=Chat(staff=(7, 8))),
        library=library,
        renderer=Renderer(library.files, library.campaigns),
    )
    plan.run(services, NOW)
    yield services
    services.store.close()


@pytest.fixture
def staff(services):
    return Staff(services, "8")


def key(services):
    return next(e.key for e in services.store.listing.entries() if e.channel == "telegram")


def states(services):
    return {entry.state for entry in services.store.listing.entries()}


def carried(shown, label):
    return next(b.data for row in shown.keyboard for b in row if b.label == label)


def card(services, staff):
    return staff.taps(f"queue:see:{key(services)}~8")[0]


SHOWN = [
    (card, "Approve"),
    (lambda services, staff: staff.says("sheet")[0], "Approve all"),
]


@pytest.mark.parametrize(("show", "label"), SHOWN)
def test_what_a_colleague_wrote_meanwhile_is_shown_before_it_is_approved(
    services, staff, show, label
):
    before = show(services, staff)
    posting.rewrite(services, key(services), "Anew #Tag", COLLEAGUE, NOW)
    word, again, *_ = staff.presses(before, label)
    assert "nothing is approved yet" in word.text
    assert "Anew #Tag" in again.text
    assert states(services) == {State.AWAITING_APPROVAL}
    assert "Approved:" in staff.presses(again, label)[0].text
    assert services.store.listing.entry(key(services)).state is State.PLANNED


@pytest.mark.parametrize(("show", "label"), SHOWN)
def test_a_button_from_before_there_were_marks_shows_what_it_would_approve(
    services, staff, show, label
):
    now = carried(show(services, staff), label)
    assert len(now.encode()) < 64
    old = ":".join(now.split(":")[:3])
    for data in (f"{old}~8", f"{old}:~8", f"{old}:0000000000000000~8"):
        word, again, *_ = staff.taps(data)
        assert "nothing is approved yet" in word.text
        assert "A post #Tag" in again.text
    assert states(services) == {State.AWAITING_APPROVAL}
