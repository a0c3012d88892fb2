"""Documents that people take away, from the shipped campaign, in every language."""

from dataclasses import replace
from datetime import date

import orchard
import pytest

from bot.errors import RenderError
from bot.files.frozen import read_files
from bot.jobs.texts import documents
from bot.languages import said_day
from bot.library import read, shipped_root
from bot.model import Audience
from bot.model.pledge import Handle, NewPledge
from bot.render import Renderer
from bot.rules.smart import Hint

LIBRARY, _ = read([shipped_root()])
CAMPAIGN = LIBRARY.campaigns["endchildlabour2021"]
TODAY = date(2021, 3, 1)


@pytest.fixture
def services(tmp_path):
    built = orchard.services(tmp_path)
    yield replace(
        built,
        library=LIBRARY,
        active=(CAMPAIGN,),
        renderer=Renderer(read_files([shipped_root()]), LIBRARY.campaigns),
    )
    built.store.close()


def pledge(services, language="en", **answers):
    new = NewPledge(
        campaign=CAMPAIGN.id,
        audience=Audience.ORGANIZATION,
        stakeholder="company",
        organisation="ACME & Sons",
        country="CH",
        language=language,
        answers=answers,
    )
    number = services.store.pledges.begin(
        new, "person 1", int(orchard.at("2021-03-01").timestamp())
    )
    services.store.pledges.set_handles(
        number, [Handle(network="x", name="acme", url="https://x.com/acme")], "person 1", 0
    )
    return services.store.pledges.get(number)


@pytest.mark.parametrize("language", CAMPAIGN.languages)
def test_a_draft_goes_round_in_the_organisation(services, language):
    draft = documents.pledge_draft(
        services, pledge(services, language, name="Be kind", how="Every day"), language, TODAY
    )
    words = services.renderer.words(CAMPAIGN, language)
    assert draft.filename.endswith(".md")
    assert draft.text.startswith("# Be kind\n")
    called = (
        draft.text.replace("،", ",").replace("，", ", ").translate(dict.fromkeys((0x2068, 0x2069)))
    )
    assert "ACME & Sons, " + words.group("company") in called
    assert all(
        words.form("pledge").question(q).ask in draft.text
        for q in ("name", "how", "contribution", "communicate")
    )
    assert draft.text.count("Every day") == 1
    assert "<https://x.com/acme>" in draft.text
    assert documents.hint_words(services, language)[Hint.DATED] in draft.text
    assert said_day(date(2021, 5, 30), "long", language) in draft.text


def test_what_a_maker_wrote_in_another_language_says_so_and_choices_do_not(services):
    theirs = pledge(
        services, "en", name="Be <kind>", how="Every day\n\nAnd night", topics="covid-19"
    )
    draft = documents.pledge_draft(services, theirs, "fr", TODAY).text
    assert draft.startswith('# <span lang="en">Be \\<kind\\></span>\n')
    assert '<span lang="en">Every day</span>\n\n<span lang="en">And night</span>' in draft
    assert f"\n\n{services.renderer.words(CAMPAIGN, 'fr').topic('covid-19')}\n" in draft
    assert draft.count("<span") == 4  # its name twice
    sheet = documents.scale_up(services, theirs, {"why": "Yes & more"}, "fr", TODAY).text
    assert sheet.splitlines()[0].endswith('<span lang="en">Be \\<kind\\></span>')


def test_an_empty_draft_is_a_document_too(services):
    draft = documents.pledge_draft(services, pledge(services), "en", TODAY)
    assert draft.text.count("*Still open.*") == 4


def test_a_smart_pledge_gets_no_hints(services):
    smart = pledge(services, name="Train 40 teachers by June", how="With courses")
    assert "sharper" not in documents.pledge_draft(services, smart, "en", TODAY).text


@pytest.mark.parametrize("language", CAMPAIGN.languages)
def test_the_scale_up_questionnaire_comes_back_step_by_step(services, language):
    form = CAMPAIGN.forms.get("scale-up")
    answers = {q.id: "" if q.advice else f"About {q.id}" for q in form.questions}
    sheet = documents.scale_up(
        services, pledge(services, language, name="Be kind"), answers, language, TODAY
    )
    steps = services.renderer.words(CAMPAIGN, language).form("scale-up").steps
    places = [sheet.text.index(steps[step]) for step in form.steps]
    assert places == sorted(places)
    assert sheet.text.count("\n> ") == 2
    assert all(f"About {q.id}" in sheet.text for q in form.questions if not q.advice)


@pytest.mark.parametrize("language", CAMPAIGN.languages)
def test_what_somebody_carries_on_with(services, language):
    choices = {"labour-day": "Mark Labour Day"}
    sheet = documents.carry_on(
        services,
        CAMPAIGN.id,
        {"action": "labour-day", "develop": "My film"},
        choices,
        language,
        TODAY,
    )
    assert "Mark Labour Day" in sheet.text
    assert "My film" in sheet.text


def test_a_form_that_is_gone_is_said(services):
    without = replace(CAMPAIGN, forms={})
    services = replace(services, library=replace(LIBRARY, campaigns={CAMPAIGN.id: without}))
    with pytest.raises(RenderError, match="no form 'carry-on'"):
        documents.carry_on(services, CAMPAIGN.id, {}, {}, "en", TODAY)
