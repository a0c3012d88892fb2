"""The letter of a month at the desk and at the command line: composed, changed by one, approved by
another, frozen as it was read; and nothing where a month holds nothing.
"""

import json
import re
from contextlib import contextmanager
from datetime import UTC, datetime

import house
import pytest

from bot.cli.newsletter import digest as command
from bot.errors import Overtaken, UsageError
from bot.jobs.newsletter import digests
from bot.model.staff import Actor
from bot.times import epoch

NOW = datetime(2021, 5, 1, 9, 30, tzinfo=UTC)
TREES = ("trees", "deed", 1)
MONTH = "campaign=trees&month=2021-04"


@pytest.fixture
def told(services):
    """A month in which somebody did something."""
    services.store.people.add([house.person(1)])
    services.store.subscribers.tick(1, TREES, True, epoch(NOW) - 86_400 * 5)
    return services


def seen(page):
    return re.search(r'name="seen" value="(\w{64})"', page.text)[1]


def form(mark, **changed):
    texts = {"subject-en": "April", "text-en": "It was a good month.\n\nNext\n- May"}
    return {"campaign": "trees", "month": "2021-04", "seen": mark, "do": "save", **texts, **changed}


async def test_a_month_that_holds_nothing_has_no_letter(services, desk):
    async with desk(services) as sit:
        seat = await sit("approver")
        assert "holds nothing to tell" in (await seat.gets("/desk/digest")).words
        assert (await seat.gets(f"/desk/digest/approve?{MONTH}")).status == 404
        gone = await seat.posts("/desk/digest/approve", {"campaign": "trees", "month": "2021-04"})
        assert gone.status == 404
    assert services.store.database.rows("SELECT * FROM digest") == []


async def test_one_changes_it_and_another_approves_what_they_read(told, desk):
    async with desk(told) as sit:
        writer, approver, admin = [await sit(each) for each in ("writer", "approver", "admin")]
        page = await writer.gets("/desk/digest")
        assert "1 time somebody told us" in page.words
        assert told.store.database.rows("SELECT * FROM digest") == [], "to look keeps nothing"
        saved = await writer.posts("/desk/digest", form(seen(page)))
        assert saved.where == f"/desk/digest?done=digest_saved&{MONTH}"
        stale = await admin.posts("/desk/digest", form(seen(page), **{"text-en": "Mine"}))
        assert stale.status == 409, "somebody changed it meanwhile"
        anew = await admin.posts("/desk/digest", form(seen(page), do="compose"))
        assert anew.status == 409, "nor does composing throw away what nobody has read"
        mine = await admin.posts(
            "/desk/digest", form(seen(await admin.gets("/desk/digest")), **{"text-en": "Mine."})
        )
        assert mine.status == 303
        own = await admin.gets(f"/desk/digest/approve?{MONTH}")
        assert "somebody else has to approve it" in own.words
        mark = told.store.digests.of_month("trees", NOW.date().replace(month=4, day=1)).mark
        refused = await admin.posts(
            "/desk/digest/approve", {"campaign": "trees", "month": "2021-04", "seen": mark}
        )
        assert refused.status in (403, 409, 422)
        look = await approver.gets(f"/desk/digest/approve?{MONTH}")
        assert "Mine." in look.words
        done = await approver.posts(
            "/desk/digest/approve", {"campaign": "trees", "month": "2021-04", "seen": seen(look)}
        )
        assert done.where == f"/desk/digest?done=digest_approved&{MONTH}"
        late = await writer.posts("/desk/digest", form(mark))
        assert late.status == 409
        again = await writer.posts("/desk/digest", form(mark, do="compose"))
        assert again.status == 409
    [line] = told.store.audit.read(verb="digest.")
    assert (line.by, line.verb) == ("member approver", "digest.approved")
    [digest] = told.store.digests.approved("trees")
    assert digest.frozen == digest.mark == mark


async def test_a_line_that_leads_to_a_page_is_read_as_a_link_before_it_is_approved(told, desk):
    text = "News\n- The *report*: https://example.org/a?b=1&c=2"
    async with desk(told) as sit:
        writer, approver = await sit("writer"), await sit("approver")
        page = await writer.gets("/desk/digest")
        await writer.posts("/desk/digest", form(seen(page), **{"text-en": text}))
        look = await approver.gets(f"/desk/digest/approve?{MONTH}")
    assert look.status == 200
    assert 'href="https://example.org/a?b=1&amp;c=2" rel="noreferrer"' in look.text


@pytest.mark.parametrize(
    "wrong", [{"text-en": ""}, {"subject-en": " "}, {"text-en": "x" * (digests.LONGEST + 1)}]
)
async def test_what_no_letter_can_be_is_refused(told, desk, wrong):
    async with desk(told) as sit:
        seat = await sit("writer")
        answer = await seat.posts(
            "/desk/digest", form(seen(await seat.gets("/desk/digest")), **wrong)
        )
        assert 400 <= answer.status < 500
    assert told.store.database.rows("SELECT * FROM digest") == []


def test_nobody_approves_what_they_have_not_seen(told):
    campaign = told.active[0]
    draft = digests.draft(told, campaign, NOW.date().replace(month=4, day=1), NOW)
    with pytest.raises(Overtaken):
        digests.approve(told, draft, "0" * 64, Actor.member("approver"), NOW)
    # whoever changed it between the reading and the approval, whatever was read before
    changed = digests.change(told, draft, draft.texts, draft.mark, Actor.member("admin"), NOW)
    with pytest.raises(UsageError):
        digests.approve(told, draft, changed.mark, Actor.member("admin"), NOW)
    digests.approve(told, draft, draft.mark, Actor.member("approver"), NOW)
    with pytest.raises(Overtaken):
        digests.approve(told, draft, draft.mark, Actor.member("approver"), NOW)


def test_the_command_line_shows_and_approves_it(told, monkeypatch, capsys):

    @contextmanager
    def beside(config, db):
        yield told

    monkeypatch.setattr(command, "services_beside", beside)
    monkeypatch.setattr(command, "now_of", lambda _services: NOW)
    command.show(month="2021-04", json=True)
    shown = json.loads(capsys.readouterr().out)
    assert (shown["month"], shown["approved"], shown["readers"]) == ("2021-04", False, 0)
    assert "1 time" in shown["texts"]["en"]["text"]
    command.show(month="2021-04")
    assert shown["mark"] in capsys.readouterr().out
    command.approve(seen=shown["mark"], month="2021-04")
    assert "0 people" in capsys.readouterr().out
    for month in ("2021-03", "2021-06"):
        with pytest.raises(UsageError):
            command.show(month=month)
