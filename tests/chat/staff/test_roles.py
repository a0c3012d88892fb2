"""What a member of staff may do in the chat by their role, and what they are told where they may
not.
"""

from dataclasses import replace

import house
import pytest
from member import NOW, Staff, labels
from tree import TOP

from bot.files.frozen import read_files
from bot.jobs.planning import plan
from bot.model import State
from bot.model.staff import Member, StaffRole
from bot.render import Renderer

WRITER, APPROVER = "the role “writer”", "the role “approver”"


@pytest.fixture
def services(tmp_path):
    made = house.services(
        tmp_path,
        house.campaign(house.action("deed", post=True)),
        channels=(house.channel("telegram", review=True),),
    )
    roles = {7: StaffRole.READER, 8: StaffRole.WRITER, 9: StaffRole.APPROVER}
    roles |= {10: StaffRole.SAFEGUARDING}
    members = tuple(
        Member(name=f"m{id_}", telegram=id_, roles=frozenset({role})) for id_, role in roles.items()
    )
    library = replace(made.library, files=read_files((made.library.roots[0], TOP)))
    services = replace(
        made,
        settings=replace(made.settings, members=members),
        library=library,
        renderer=Renderer(library.files, library.campaigns),
    )
    plan.run(services, NOW)
    yield services
    services.store.close()


def state(services):
    return next(iter(services.store.listing.entries())).state


def test_a_reader_looks_and_decides_nothing(services):
    reader = Staff(services)
    [shown] = reader.says("queue")
    [told, *_] = reader.presses(shown, "Approve")
    assert APPROVER in told.text
    assert state(services) is State.AWAITING_APPROVAL
    assert WRITER in reader.says("post", "Hello")[0].text
    assert APPROVER in reader.says("hold")[0].text


def test_a_writer_writes_and_another_approves(services):
    writer, approver = Staff(services, "8"), Staff(services, "9")
    [shown] = writer.says("queue")
    assert APPROVER in writer.presses(shown, "Approve")[0].text
    assert "Edit" in labels(shown)
    assert "role" not in writer.presses(shown, "Edit")[0].text
    approver.presses(approver.says("queue")[0], "Approve")
    assert state(services) is State.PLANNED


def test_who_only_reads_reports_is_no_staff_in_the_chat(services):
    [told] = Staff(services, "10").says("queue")
    assert "I don’t know that command" in told.text
    assert services.staff_chats == ("7", "8", "9")


def test_who_was_added_works_at_once(services):
    assert "I don’t know that command" in Staff(services, "11").says("queue")[0].text
    services.store.members.put(Member(name="dora", telegram=11), 5)
    dora = Staff(services, "11")
    dora.presses(dora.says("queue")[0], "Approve")
    assert state(services) is State.PLANNED
