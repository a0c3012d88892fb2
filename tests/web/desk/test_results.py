"""The report of a month at the desk: on a page, as a PDF, and on its way by e-mail."""

import pytest

from bot.jobs.results import monthly


async def test_a_month_is_told_in_five_sentences_and_tables(services, desk):
    async with desk(services) as sit:
        seat = await sit("reader")
        told = await seat.gets("/desk/results?month=2021-04")
        assert told.status == 200
        assert told.text.partition('<ol class="plain">')[2].partition("</ol>")[0].count("<li>") == 5
        assert "April 2021" in told.words
        assert 'value="2021-04"' in told.text
        assert "May 2021" in told.words
        later = await seat.gets("/desk/results?month=2031-04")
        assert 'value="2021-05"' in later.text, "no month is told that has not begun"


@pytest.mark.parametrize("month", ["", "nonsense", "2021-13", "0000-01", "é"])
async def test_what_is_no_month_gives_the_last(services, desk, month):
    async with desk(services) as sit:
        told = await (await sit("reader")).gets(f"/desk/results?month={month}")
        assert 'value="2021-04"' in told.text


async def test_it_can_be_taken_along_and_sent_to_who_has_an_address(services, desk):
    async with desk(services) as sit:
        seat = await sit("writer")
        file = await seat.gets_bytes("/desk/results.pdf?month=2021-04")
        assert file.startswith(b"%PDF-")
        assert "Send it to the staff by e-mail (5)" in (await seat.gets("/desk/results")).words
        sent = await seat.posts("/desk/results", {"campaign": "trees", "month": "2021-04"})
        assert sent.where == "/desk/results?done=report_sent&campaign=trees&month=2021-04"
        again = await seat.posts("/desk/results", {"campaign": "trees", "month": "2021-04"})
        assert again.status == 409, "within the hour"
        wrong = await seat.posts("/desk/results", {"campaign": "bees", "month": "2021-04"})
        assert wrong.status == 404
        for month in ("9999-12", "0001-01", "abc", "2021-13", ""):
            odd = await seat.posts("/desk/results", {"campaign": "trees", "month": month})
            assert odd.status == 404, month
    letters = services.store.database.column("SELECT member FROM staff_letter ORDER BY id")
    assert sorted(letters) == ["admin", "approver", "reader", "safeguarding", "writer"]
    [deed] = services.store.audit.read(verb="results.")
    assert (deed.by, deed.verb) == ("member writer", "results.sent")


async def test_a_report_is_made_once_until_it_would_say_something_else(services, desk, monkeypatch):
    made, make, version = [], monthly.monthly, [1]
    monkeypatch.setattr(monthly, "monthly", lambda *given: made.append(1) or make(*given))
    monkeypatch.setattr(monthly, "version", lambda *_: version[0])
    async with desk(services) as sit:
        seat = await sit("reader")
        for _ in range(2):
            assert "April 2021" in (await seat.gets("/desk/results")).words
        assert len(made) == 1
        await seat.posts("/desk/language", {"language": "fr"})
        assert "avril 2021" in (await seat.gets("/desk/results")).words
        version[0] = 2
        await seat.gets("/desk/results")
        assert len(made) == 3
