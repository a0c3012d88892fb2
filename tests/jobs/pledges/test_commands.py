"""`drumbeat pledges`: what stands on a page is what was looked at on the terminal, and what is
public is found by its words.
"""

import json
from contextlib import closing
from datetime import UTC, datetime

import pytest

from bot.cli.people.contacts import open_services
from bot.jobs.pledges import moderation, public
from bot.model.pledge import PledgeState
from bot.model.staff import Actor
from bot.store import Store

pytestmark = pytest.mark.slow  # whole commands, each over all that is shipped

CONFIG = """
active = ["endchildlabour2021"]
database = "drumbeat.db"
[web]
public_url = "https://pages.example"
"""
HEAD = "organisation,group,name,how,contribution,communicate,country,verified_by,verified_on\n"
NOW = datetime(2021, 3, 1, 10, tzinfo=UTC)
PAGE = "https://pages.example/en/endchildlabour2021/pledges/1"


@pytest.fixture
def drumbeat(command, tmp_path):
    """Run a command on these settings; give exit code, stdout, stderr."""
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    return command


@pytest.fixture
def store(drumbeat, tmp_path):
    """The database, with one public pledge in it."""
    line = "ACME,company,Train 40 teachers,Courses,It helps,On our page,KE,Anna,2021-02-20\n"
    (tmp_path / "pledges.csv").write_text(HEAD + line, "utf-8")
    assert drumbeat("pledges", "import", "pledges.csv")[0] == 0
    with closing(Store(tmp_path / "drumbeat.db")) as opened:
        for to in (PledgeState.APPROVED, PledgeState.PUBLISHED):
            opened.pledges.move(1, to, "staff anna", 1)
        yield opened


def answer(store, words):
    answers = {"vertical-who": words, "monitoring": ""}
    store.journeys.keep_form(
        "pledge", 1, "endchildlabour2021", "scale-up", answers, 1_634_720_400, finished=True
    )


def as_json(drumbeat, *options):
    code, out, err = drumbeat("pledges", "scale-up", "1", *options, "--json")
    assert (code, err) == (0, "")
    return json.loads(out)


def test_two_are_asked_only_where_both_can_be_and_dismissed_for_good(drumbeat, store, tmp_path):
    line = "BETA,company,BETA teaches,Courses,It helps,On our page,KE,Anna,2021-02-20\n"
    (tmp_path / "more.csv").write_text(HEAD + line, "utf-8")
    assert drumbeat("pledges", "import", "more.csv")[0] == 0
    assert "No two pledges are worth introducing" in drumbeat("pledges", "matches")[1]
    code, _, err = drumbeat("pledges", "introduce", "2", "1")
    assert (code, "pledge 1: only who looks after a verified public" in err) == (2, True)
    shown = json.loads(drumbeat("pledges", "introduce", "2", "1", "--dismiss", "--json")[1])
    assert (shown["pledges"], shown["became"]) == ([1, 2], "dismissed")
    again = drumbeat("pledges", "introduce", "1", "2", "--dismiss")
    assert "suggested to each other before (dismissed)" in again[2]
    assert json.loads(drumbeat("pledges", "matches", "--json")[1]) == []
    assert "No makers were asked" in drumbeat("pledges", "matches", "--asked")[1]


def test_without_a_result_it_says_so(drumbeat, store):
    code, out, _ = drumbeat("pledges", "scale-up", "1")
    assert (code, out) == (
        0,
        "Pledge 1 has no scale-up result that is finished; its maker fills it in with /scaleup.\n",
    )
    shown = as_json(drumbeat)
    assert (shown["result"], shown["mark"], shown["answers"]) == (None, None, [])
    assert "there is no pledge 9" in drumbeat("pledges", "scale-up", "9")[2]


def test_a_result_is_shown_decided_about_and_taken_back(drumbeat, store):
    answer(store, "Our ministry")
    out = drumbeat("pledges", "scale-up", "1")[1]
    shown = as_json(drumbeat)
    mark = shown["mark"]
    assert shown["answers"][0]["answer"] == "Our ministry"
    assert (shown["result"], shown["page"]) == ("waits", PAGE)
    for said in (shown["answers"][0]["question"], "Our ministry", "result: waits", f"mark: {mark}"):
        assert said in out
    assert f"`drumbeat pledges scale-up 1 --approve {mark}`" in out
    code, out, _ = drumbeat("pledges", "scale-up", "1", "--approve", mark)
    assert (code, out) == (
        0,
        f"The scale-up result of pledge 1 is shown to everybody on its page: {PAGE}.\n",
    )
    assert as_json(drumbeat)["result"] == "shown"
    assert f"--hide {mark}` takes it off" in drumbeat("pledges", "scale-up", "1")[1]
    assert as_json(drumbeat, "--hide", mark)["result"] == "private"
    by = store.pledges.newest(1).by
    assert str(by).startswith("staff ")


def test_results_are_listed_with_how_they_stand(drumbeat, store):
    assert "There are no such results" in drumbeat("pledges", "results")[1]
    answer(store, "Our ministry")
    [listed] = json.loads(drumbeat("pledges", "results", "--json")[1])
    assert listed == as_json(drumbeat)
    head, line = drumbeat("pledges", "results", "--standing", "waits")[1].splitlines()
    assert head.split() == ["PLEDGE", "ORGANISATION", "NAME", "STATE", "RESULT", "MARK"]
    assert line.endswith(f"published  waits   {listed['mark']}")
    drumbeat("pledges", "scale-up", "1", "--approve", listed["mark"])
    assert json.loads(drumbeat("pledges", "results", "--standing", "waits", "--json")[1]) == []
    [shown] = json.loads(
        drumbeat("pledges", "results", "--campaign", "endchildlabour2021", "--json")[1]
    )
    assert shown["result"] == "shown"
    assert json.loads(drumbeat("pledges", "results", "--campaign", "trees", "--json")[1]) == []


def test_what_has_changed_since_it_was_looked_at_is_not_approved(drumbeat, store):
    answer(store, "Our ministry")
    mark = as_json(drumbeat)["mark"]
    answer(store, "Something else")
    code, out, err = drumbeat("pledges", "scale-up", "1", "--approve", mark)
    assert (code, out) == (2, "")
    assert "look at its answers once more" in err
    assert as_json(drumbeat)["result"] == "waits"
    both = drumbeat("pledges", "scale-up", "1", "--approve", mark, "--hide", mark)
    assert both[0] == 2
    assert "can't be given both" in both[2]


@pytest.fixture
def submitted(drumbeat, tmp_path):
    """One pledge that waits for staff, of whom nobody has made sure; and the database."""
    line = "ACME,company,Train 40 teachers,Courses,It helps,On our page,KE,,\n"
    (tmp_path / "pledges.csv").write_text(HEAD + line, "utf-8")
    assert drumbeat("pledges", "import", "pledges.csv")[0] == 0
    with closing(Store(tmp_path / "drumbeat.db")) as opened:
        yield opened


def mark_of(drumbeat):
    return json.loads(drumbeat("pledges", "report", "1", "--json")[1])["mark"]


def state_of(store):
    return store.pledges.get(1).state


def test_a_pledge_is_approved_verified_and_published(drumbeat, submitted):
    mark = mark_of(drumbeat)
    assert f"mark: {mark}" in drumbeat("pledges", "report", "1")[1]
    code, out, _ = drumbeat("pledges", "approve", "1", mark)
    assert (code, state_of(submitted)) == (0, PledgeState.APPROVED)
    assert "`drumbeat pledges verify 1 --by … --note …`" in out
    code, _, err = drumbeat("pledges", "publish", "1")
    assert (code, state_of(submitted)) == (2, PledgeState.APPROVED)
    assert "ACME is not verified yet" in err
    code, out, _ = drumbeat("pledges", "verify", "1", "--by", "staff", "--note", "I called them")
    assert (code, "`drumbeat pledges publish 1`" in out) == (0, True)
    verification = submitted.pledges.verification(1)
    assert (verification.how, verification.note) == ("staff", "I called them")
    code, out, _ = drumbeat("pledges", "publish", "1")
    assert (code, out) == (0, f"Pledge 1 is public now: {PAGE}\n")
    assert state_of(submitted) is PledgeState.PUBLISHED
    assert {str(line.by).partition(" ")[0] for line in submitted.pledges.history(1)} == {"staff"}


def test_only_what_was_read_is_approved_or_sent_back(drumbeat, submitted):
    mark = mark_of(drumbeat)
    submitted.pledges.edit(1, {"how": "Something else"}, Actor("person 1"), 1)
    for command in (("approve", "1", mark), ("return", "1", mark, "--reason", "Which courses?")):
        code, out, err = drumbeat("pledges", *command)
        assert (code, out) == (2, "")
        assert f"have the mark {mark_of(drumbeat)} now, not {mark}: read them once more" in err
    assert state_of(submitted) is PledgeState.SUBMITTED
    assert "there is no pledge 9" in drumbeat("pledges", "approve", "9", mark)[2]


def test_what_is_sent_back_says_why_and_leaves_what_was_approved(drumbeat, submitted):
    nothing = drumbeat("pledges", "return", "1", mark_of(drumbeat), "--reason", " ")
    assert (nothing[0], "between 1 and 1,000 characters" in nothing[2]) == (2, True)
    code, out, _ = drumbeat("pledges", "return", "1", mark_of(drumbeat), "--reason", "Which?")
    assert (code, out) == (0, "Pledge 1 is sent back.\n")
    assert submitted.pledges.newest(1).detail["reason"] == "Which?"
    assert state_of(submitted) is PledgeState.REJECTED
    submitted.pledges.move(1, PledgeState.SUBMITTED, Actor("person 1"), 1)
    assert drumbeat("pledges", "approve", "1", mark_of(drumbeat))[0] == 0
    submitted.pledges.edit(1, {"how": "Something else"}, Actor("person 1"), 1)
    out = drumbeat("pledges", "return", "1", mark_of(drumbeat), "--reason", "Not that")[1]
    assert "What was approved before stands" in out
    assert submitted.pledges.get(1).answers["how"] == "Courses"


@pytest.fixture
def several(drumbeat, tmp_path):
    """Four pledges; 4 is not public."""
    lines = (
        "ACME,company,Train 40 teachers,In the École,It helps,On our page,KE,Anna,2021-02-20\n"
        "École,company,Fair farms,Courses,It helps,On our page,KE,Anna,2021-02-20\n"
        "Foe,company,An ECOLE for all,Courses,It helps,On our page,KE,Anna,2021-02-20\n"
        "Secret,company,An ecole that waits,Courses,It helps,On our page,KE,Anna,2021-02-20\n"
    )
    (tmp_path / "pledges.csv").write_text(HEAD + lines, "utf-8")
    assert drumbeat("pledges", "import", "pledges.csv")[0] == 0
    services = open_services(None, None)
    with closing(services.store):
        for number in (1, 2, 3):
            for to in (PledgeState.APPROVED, PledgeState.PUBLISHED):
                moderation.decide(services, number, to, Actor.staff("anna"), NOW)


def listed(drumbeat, *options):
    code, out, err = drumbeat("pledges", "list", *options, "--json")
    assert (code, err) == (0, "")
    return [row["pledge"] for row in json.loads(out)]


def test_public_pledges_are_found_by_their_words(drumbeat, several, monkeypatch):
    assert listed(drumbeat) == [1, 2, 3, 4]
    # words in name or maker come first, and of each kind the newest
    assert listed(drumbeat, "--search", "ecole") == [3, 2, 1]
    monkeypatch.setattr(public, "MOST", 1)  # page by page
    assert listed(drumbeat, "--search", "école", "--state", "published") == [3, 2, 1]
    assert listed(drumbeat, "--search", "ecole farms") == [2]
    assert listed(drumbeat, "--search", "ecole", "--campaign", "endchildlabour") == []
    shown = drumbeat("pledges", "list", "--search", "École")[1]
    assert "Fair farms" in shown
    assert "waits" not in shown


def test_who_finds_nothing_is_told_where_it_was_looked_for(drumbeat, several):
    assert (
        "No public pledge has these words" in drumbeat("pledges", "list", "--search", "hoopoe")[1]
    )
    assert listed(drumbeat, "--search", '"*') == []
    assert listed(drumbeat, "--search", " ") == [3, 2, 1], "no word leaves nothing out"
    code, out, err = drumbeat("pledges", "list", "--search", "x", "--state", "draft")
    assert (code, out) == (2, "")
    assert "no pledge is draft: leave --state out" in err
