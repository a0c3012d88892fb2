"""`docs/alerts.yml` and `docs/grafana.json`: each metric, label and value that they ask for is one
that `/metrics` gives, and Prometheus' own grammar takes their queries. Prometheus' own tool plays
`docs/alerts_test.yml`, which says when each rule speaks.
"""

import asyncio
import json
import re
import shutil
import subprocess
from collections import defaultdict
from datetime import UTC, datetime

import house
import promql_parser
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from tree import TOP

from bot.jobs.monitoring.failures import Failures
from bot.jobs.monitoring.life import Life
from bot.jobs.monitoring.view import Viewer
from bot.jobs.operations.alarms import Alarms
from bot.jobs.operations.backup import backup
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.jobs.ticks import PLAN
from bot.scheduler.parts import Part
from bot.web.metrics import exposed, registry

ALERTS = yaml.safe_load((TOP / "docs" / "alerts.yml").read_text("utf-8"))
BOARD = json.loads((TOP / "docs" / "grafana.json").read_text("utf-8"))
TRIED = yaml.safe_load((TOP / "docs" / "alerts_test.yml").read_text("utf-8"))["tests"]
RULES = [rule for group in ALERTS["groups"] for rule in group["rules"]]
PANELS = [panel for panel in BOARD["panels"] if panel["type"] != "row"]

OF_THE_SCRAPE = {"instance": set(), "job": {"drumbeat"}}
"""Labels that Prometheus gives to all that it scrapes, with the values that may be asked for."""


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """Name of each sample of `/metrics` -> label -> its values."""
    folder = tmp_path_factory.mktemp("watched")
    services, now = house.services(folder), datetime.now(UTC)
    # as the queue has it, of which a file knows nothing
    services.store.database.execute(
        "CREATE TABLE procrastinate_jobs (status TEXT, scheduled_at TIMESTAMPTZ)"
    )
    failures = Failures(lambda: services, Alarms(), lambda: now)

    async def fail():
        raise RuntimeError

    asyncio.run(failures.guard("turn telegram", fail))
    life = Life(failures)
    life.ended(PLAN.name, now.timestamp())
    backup(services.settings.database, folder / "copy.db", now)
    dispatchers = {"telegram": Dispatcher(services, "telegram", now)}
    viewer = Viewer(lambda: services, dispatchers, life)
    text, _ = exposed(registry(viewer.look), "")
    services.store.close()
    samples = defaultdict(lambda: defaultdict(set))
    for family in text_string_to_metric_families(text.decode()):
        for sample in family.samples:
            labels = samples[sample.name]
            for name, value in sample.labels.items():
                labels[name].add(value)
    # Prometheus makes it for each target
    return {**samples, "up": {}}


def _queries():
    for rule in RULES:
        yield pytest.param(rule["expr"], id=rule["alert"])
    for panel in PANELS:
        for target in panel["targets"]:
            yield pytest.param(target["expr"], id=f"{panel['title']} {target['refId']}")


QUERIES = [*_queries()]


def parsed(query):
    plain = query.replace("$__rate_interval", "5m").replace("$instance", ".*")
    return promql_parser.parse(plain)


def parts(query):
    """Every part of a query."""
    nodes = []
    promql_parser.walk(parsed(query), nodes.append)
    return nodes


def selected(query):
    return [part for part in parts(query) if isinstance(part, promql_parser.VectorSelector)]


@pytest.mark.parametrize("query", QUERIES)
def test_what_a_query_asks_for_is_given(given, query):
    assert selected(query)
    for selector in selected(query):
        assert selector.name in given, selector.name
        labels = {**given[selector.name], **OF_THE_SCRAPE}
        for matcher in selector.matchers.matchers:
            assert matcher.name in labels, (selector.name, matcher.name)
            # these match any
            if matcher.name != "instance":
                assert set(matcher.value.split("|")) <= labels[matcher.name], str(matcher)


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_keeps_only_labels_that_there_are(given, query):
    there = {"le", *OF_THE_SCRAPE}.union(*(given[each.name] for each in selected(query)))
    for part in parts(query):
        if isinstance(part, promql_parser.AggregateExpr) and part.modifier:
            assert set(part.modifier.labels) <= there
        if isinstance(part, promql_parser.BinaryExpr) and part.modifier and part.modifier.matching:
            assert set(re.findall(r"\w+", str(part.modifier.matching))) - {"on"} <= there


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_a_rule_says_what_is_wrong_and_names_only_labels_that_it_has(given, rule):
    assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
    assert re.fullmatch(r"Drumbeat[A-Za-z]+", rule["alert"])
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert set(rule["annotations"]) == {"summary", "description"}
    kept = {"instance"}.union(*(given[each.name] for each in selected(rule["expr"])))
    for part in parts(rule["expr"]):
        if isinstance(part, promql_parser.AggregateExpr):
            kept &= set(part.modifier.labels) if part.modifier else set()
    used = set(re.findall(r"\$labels\.(\w+)", " ".join(rule["annotations"].values())))
    assert used <= kept


def test_no_two_rules_have_one_name():
    names = [rule["alert"] for rule in RULES]
    assert len(names) == len(set(names)) > 10


def test_each_rule_speaks_when_it_shall_and_is_silent_otherwise():
    tool = shutil.which("promtool")
    if tool is None:
        pytest.skip("no promtool here, by which the rules are played: `apt install prometheus`")
    line = [tool, "test", "rules", "alerts_test.yml"]
    played = subprocess.run(
        line, cwd=TOP / "docs", capture_output=True, text=True, check=False, timeout=300
    )
    assert played.returncode == 0, played.stdout + played.stderr


def _firing(test):
    for shown in test.get("promql_expr_test", ()):
        for sample in shown["exp_samples"]:
            yield re.search(r'alertname="(\w+)"', sample["labels"])[1]
    for shown in test.get("alert_rule_test", ()):
        if shown["exp_alerts"]:
            yield shown["alertname"]


def test_each_rule_is_tried_with_what_is_given(given):
    assert {name for test in TRIED for name in _firing(test)} == {rule["alert"] for rule in RULES}
    tried = {series["series"] for test in TRIED for series in test["input_series"]}
    ours = [promql_parser.parse(series) for series in tried if 'job="others"' not in series]
    assert {selector.name for selector in ours} <= set(given)
    for selector in ours:
        for matcher in selector.matchers.matchers:
            labels = {**given[selector.name], **OF_THE_SCRAPE}
            assert matcher.name in labels, (selector.name, matcher.name)
            if matcher.name in ("le", "state", "result", "kind", "part"):
                assert matcher.value in labels[matcher.name], (selector.name, str(matcher))


def test_every_metric_of_ours_is_on_the_dashboard(given):
    shown = {
        selector.name
        for panel in PANELS
        for target in panel["targets"]
        for selector in selected(target["expr"])
    }
    families = {re.sub(r"_(bucket|count|sum)$", "", name) for name in shown}
    known = {re.sub(r"_(bucket|count|sum)$", "", n) for n in given if n.startswith("drumbeat_")}
    # these say of an instant what a rule asks, and need no curve
    assert known - families == {
        "drumbeat_database_readable",
        "drumbeat_database_writable",
    }


@pytest.mark.parametrize("guide", sorted((TOP / "docs").glob("*.md")), ids=lambda path: path.stem)
def test_a_metric_that_a_guide_names_is_given(given, guide):
    named = set(re.findall(r"`(drumbeat_[a-z_]+)`", guide.read_text("utf-8")))
    assert named <= set(given)


def test_each_part_has_its_label(given):
    assert given["drumbeat_processes"]["part"] == {part.value for part in Part}


def test_the_panels_of_the_dashboard_stand_beside_each_other_and_say_what_they_show():
    cells = set()
    assert len({panel["id"] for panel in BOARD["panels"]}) == len(BOARD["panels"])
    for panel in BOARD["panels"]:
        where = panel["gridPos"]
        mine = {
            (x, y)
            for x in range(where["x"], where["x"] + where["w"])
            for y in range(where["y"], where["y"] + where["h"])
        }
        assert not mine & cells, panel["title"]
        assert where["x"] + where["w"] <= 24
        cells |= mine
    for panel in PANELS:
        assert panel["title"]
        assert panel["description"]
        named = set(re.findall(r"\{\{(\w+)\}\}", str(panel["targets"])))
        assert named <= {
            "account", "channel", "instance", "kind", "part", "python", "result", "state", "task", "version",
        }  # fmt: skip
