"""Countries at the desk: how far each is, the link for a report, and what is decided about one."""

import re
from dataclasses import replace

import pytest
from tree import TOP

from bot.files.frozen import read_files
from bot.jobs.pathfinders import reports
from bot.library import read
from bot.model.pathfinders.report import ReportState
from bot.render import Renderer
from bot.rules import forms
from tests.web.desk.conftest import ALL, NOW

pytestmark = pytest.mark.slow


@pytest.fixture
def countries(services):
    """The services with the campaign that has countries."""
    campaigns = read([TOP])[0].campaigns
    campaign = campaigns["endchildlabour"]
    library = replace(
        services.library, campaigns={**services.library.campaigns, campaign.id: campaign}
    )
    renderer = Renderer(read_files((TOP,)), library.campaigns)
    settings = replace(services.settings, members=(*services.settings.members, ALL))
    return replace(
        services, library=library, active=(campaign,), renderer=renderer, settings=settings
    )


def finished(services, number):
    report = services.store.country_reports.get(number)
    reports.agree(services, report, "en 1", NOW)
    reports.keep(services, number, {"since": "Our <b>law</b>."}, "en", NOW, finished=True)
    return services.store.country_reports.get(number)


async def test_a_link_is_shown_once_and_what_comes_back_is_read_before_all_others(countries, desk):
    store = countries.store.country_reports
    async with desk(countries) as sit:
        seat = await sit("approver")
        page = await seat.gets("/desk/countries")
        assert page.words.count("Workshop held") == 13
        assert "No country was asked" in page.words
        empty = await seat.posts("/desk/countries", {"country": "endchildlabour/MX", "named": " "})
        assert (empty.status, "Say who the focal point is" in empty.words) == (422, True)
        form = {"country": "endchildlabour/MX", "named": "Ministry <1>"}
        made = await seat.posts("/desk/countries", form)
        [link] = re.findall(
            r"https://campaign\.example/en/endchildlabour/report/([\w-]+)", made.text
        )
        assert link not in (await seat.gets("/desk/countries")).text
        assert store.opened_by(link, int(NOW.timestamp())).named == "Ministry <1>"
        early = await seat.gets("/desk/countries/1")
        assert "not finished yet" in early.words
        report = finished(countries, 1)
        assert "Reports of countries that wait for you: 1" in (await seat.gets("/desk/")).words
        page = await seat.gets("/desk/countries/1")
        assert "Our &lt;b&gt;law&lt;/b&gt;." in page.text
        mark = forms.mark(report.answers)
        unread = await seat.posts("/desk/countries/1", {"act": "show", "mark": mark})
        assert (unread.status, "First read every answer" in unread.words) == (409, True)
        old = await seat.posts("/desk/countries/1", {"act": "hide", "mark": "0" * 16})
        assert old.status == 409
        assert store.get(1).state is ReportState.WAITS
        shown = {"act": "show", "mark": mark, "looked": "yes"}
        assert (await seat.posts("/desk/countries/1", shown)).where.endswith("done=report_shown")
        assert store.get(1).state is ReportState.SHOWN
        await seat.posts("/desk/countries/1", {"act": "hide", "mark": mark})
        assert store.get(1).state is ReportState.PRIVATE
        ended = await seat.posts("/desk/countries/1", {"act": "end"})
        assert ended.where == "/desk/countries?done=report_ended"
        assert store.get(1) is None
        assert (await seat.gets("/desk/countries/1")).status == 404
        lines = [line.verb for line in countries.store.audit.read()]
        assert lines[:4] == ["country.ended", "country.hidden", "country.shown", "country.asked"]


@pytest.mark.parametrize("named", ["nothing/MX", "endchildlabour", "", "endchildlabour/CH"])
async def test_no_other_country_is_asked(countries, desk, named):
    async with desk(countries) as sit:
        seat = await sit("approver")
        told = await seat.posts("/desk/countries", {"country": named, "named": "x"})
        assert told.status in (404, 422)
    assert countries.store.country_reports.of_campaign("endchildlabour") == []
