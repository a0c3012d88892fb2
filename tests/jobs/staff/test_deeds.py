"""What people decide leaves a line in the log of who did what, in the chat and at the command line
alike.
"""

import pytest
from cluster import tables
from deciding import scene
from deciding.scene import FILES, MAKER, MOMENT, NOW, ZELDA, performed, pledge
from deciding.table import OF_MAKERS, OF_STAFF

from bot.errors import StoreError
from bot.jobs.pledges import moderation
from bot.model.pledge import PledgeState
from bot.model.staff import FORMER_EDITOR, FORMER_STAFF, MACHINE, REHEARSAL
from bot.store.staff.audit import Audit

pytestmark = pytest.mark.slow  # whole commands, each over all that is shipped


@pytest.fixture
def services(tmp_path, library):
    made = scene.services(tmp_path, library)
    yield made
    made.store.close()


def named(deeds):
    return [pytest.param(deed, id=f"{n} {deed.verb}") for n, deed in enumerate(deeds)]


def only_line(services, deed):
    lines = services.store.audit.read()
    assert len(lines) == deed.lines
    assert len({line.by for line in lines}) == 1
    line = lines[0]
    assert (line.verb, line.object) == (deed.verb, deed.about)
    assert line.digest == (deed.digest(services.store) if callable(deed.digest) else deed.digest)
    assert abs(line.at - MOMENT) < 600
    return line


def forget(services, address, member=None):
    services.store.forgotten.forget_at(1, "telegram", address, MOMENT, member=member)


def traces(services, *marks):
    """Which of these stand in the file's bytes, which no VACUUM has written anew; on a server in
    its rows.
    """
    services.store.database.empty_log()
    path = services.settings.database
    files = (path.with_name(f"{path.name}{end}") for end in ("", "-wal", "-shm"))
    left = b"".join(file.read_bytes() for file in files if file.exists())
    left = left or str(rows(services.store)).encode()
    return [mark for mark in marks if mark.encode() in left]


@pytest.mark.parametrize("deed", named([deed for deed in OF_STAFF if deed.effect]))
def test_what_staff_decide_in_the_chat_leaves_a_line(services, deed):
    deed.before(services.store)
    performed(services, deed.effect, "990077")
    assert only_line(services, deed).by.telegram == "990077"
    assert traces(services, "zelda", "990077") != []
    forget(services, "990077", ZELDA)
    assert only_line(services, deed).by == FORMER_STAFF
    assert traces(services, "zelda", "990077") == []


@pytest.fixture
def drumbeat(command, tmp_path, monkeypatch):
    """Make a decision at the command line, as zelda's login; give exit code and stderr."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.setenv("LOGNAME", "zelda.m")

    def run(deed):
        name, *rest = deed.line
        code, _, err = command(*name.split(), *rest, "--db", "test.db")
        return code, err

    return run


@pytest.mark.parametrize("deed", named([deed for deed in OF_STAFF if deed.line]))
def test_what_staff_decide_at_the_command_line_leaves_a_line(services, deed, drumbeat):
    deed.before(services.store)
    code, err = drumbeat(deed)
    assert code == 0, err
    assert only_line(services, deed).by.login == "zelda.m"
    assert traces(services, "zelda", "990077") != []
    forget(services, "990077", ZELDA)
    assert only_line(services, deed).by == FORMER_STAFF
    assert traces(services, "zelda", "990077") == []


def rows(store):
    return {
        table: sorted(store.database.rows(f"SELECT * FROM {table}"), key=repr)
        for table in tables(store.database)
        if not table.startswith("sqlite_")
    }


def refuses(*_args):
    raise StoreError("the disk is full")


@pytest.mark.parametrize("deed", named([deed for deed in OF_STAFF if deed.effect]))
def test_what_leaves_no_line_is_not_decided(services, deed, monkeypatch):
    deed.before(services.store)
    before = rows(services.store)
    monkeypatch.setattr(Audit, "_add", refuses)
    with pytest.raises(StoreError):
        performed(services, deed.effect, "990077")
    assert rows(services.store) == before


OF_COMMANDS = [deed for deed in OF_STAFF if not deed.effect and "keys" not in deed.line[0]]
"""Decisions of commands alone; a new key lies in a file of its own, which no transaction holds."""


@pytest.mark.parametrize("deed", named(OF_COMMANDS))
def test_what_leaves_no_line_is_not_decided_at_the_command_line(
    services, deed, drumbeat, monkeypatch
):
    deed.before(services.store)
    before = rows(services.store)
    monkeypatch.setattr(Audit, "_add", refuses)
    code, err = drumbeat(deed)
    assert (code, "the disk is full" in err) == (1, True)
    assert rows(services.store) == before


@pytest.mark.parametrize("deed", named(OF_MAKERS))
def test_what_makers_change_of_what_everybody_sees_leaves_a_line(services, deed):
    deed.before(services.store)
    performed(services, deed.effect, MAKER)
    assert only_line(services, deed).by == "person 1"
    forget(services, MAKER)
    assert only_line(services, deed).by == FORMER_EDITOR
    assert traces(services, MAKER) == []


@pytest.mark.parametrize("by", [MACHINE, REHEARSAL])
def test_what_no_person_decides_leaves_no_line(services, by):
    pledge(PledgeState.APPROVED)(services.store)
    moderation.decide(services, 1, PledgeState.PUBLISHED, by, NOW)
    assert services.store.audit.read() == []
