"""What is read of strangers and made of it has bounds; whatever a parser raises names the file.

The limits are lowered here: what would truly ask for much is in no test.
"""

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tree import TOP

from bot.config import load
from bot.errors import RenderError
from bot.files import limits
from bot.files.frozen import File, Files, read_files
from bot.files.toml import read_toml
from bot.gaps import filled
from bot.jobs.campaigns import check
from bot.jobs.people import csv_file
from bot.library import read
from bot.library.folder import read_campaign
from bot.library.shared import read_shared
from bot.links import links
from bot.model import Limits
from bot.render import Renderer
from bot.render.loader import Loader
from bot.render.outline import outline
from bot.render.sandbox import Sandbox
from bot.rules.reading import handles as reading
from bot.rules.reading.handles import Wrong, normalise
from bot.text import isolates, measure

TODAY = date(2030, 1, 1)


def write(root, name, content):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# tables


def told(root, text):
    path = write(root, "a.toml", text)
    table, problems = read_toml(File(path=path, data=path.read_bytes()), "a.toml")
    assert table is None
    return [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("limit", "most", "text", "message"),
    [
        ("MOST_DEPTH", 3, "a = [[[1]]]", "is nested too deeply; put fewer tables and lists into"),
        ("MOST_DEPTH", 3, "[a.b.c.d]", "is nested too deeply; put fewer tables and lists into"),
        ("MOST_VALUES", 4, "a = [1, 2, 3]", "has more than 4 values; divide it, or leave some out"),
        ("MOST_DIGITS", 3, "a = 1000", "has a number of more than 3 digits; make it smaller"),
        ("MOST_DIGITS", 3, "a = -0x3e8", "is no valid TOML"),
        ("MOST_KEY", 50, f"a{'.a' * 50} = 1", "has a key of more than 50 parts; make it shorter"),
        ("MOST_KEY", 50, "[a" + ' . "a"' * 50 + "]", "has a key of more than 50 parts"),
    ],
)
def test_a_table_beyond_a_limit_is_told_with_its_file(
    tmp_path, monkeypatch, limit, most, text, message
):
    monkeypatch.setattr(limits, limit, most)
    assert told(tmp_path, text)[0].startswith(f"a.toml: (whole file): {message}")


def test_a_number_that_no_other_program_takes_is_told(tmp_path):
    assert "more than 19 digits" in told(tmp_path, "a = 10000000000000000000")[0]


def test_dots_in_a_text_are_no_long_key(tmp_path):
    path = write(tmp_path, "a.toml", f'a = "Wait{"." * 300} www.{"a" * 300}.example."')
    assert read_toml(File(path=path, data=path.read_bytes()), "a.toml")[1] == []


def test_a_file_full_of_problems_tells_the_first_and_that_there_are_more(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MOST_TOLD", 3)
    write(tmp_path, "campaigns/bees/calendar.toml", "".join(f"a{n} = 1\n" for n in range(9)))
    messages = [str(problem) for problem in read([tmp_path])[1] if "calendar" in problem.file]
    assert len(messages) == 4
    assert messages[-1] == (
        "campaigns/bees/calendar.toml: (whole file): has more than 3 problems; mend those above"
        " first"
    )


def test_a_wrong_value_of_any_length_is_shown_by_its_beginning(tmp_path):
    write(tmp_path, "campaigns/bees/campaign.toml", f'start = "{"x" * 9_000}"')
    assert all(len(str(problem)) < 500 for problem in read([tmp_path])[1])


CAMPAIGN = """\
language = "en"
hashtag = "#Bees"
source = "us"
"""
ACTION = '[[action]]\nid = "a{}"\nkind = "share"\nmonth = 5\nnudge = {}\nsource = "us"\n'


def campaign(root, head="", actions=2):
    write(root, "campaigns/bees/campaign.toml", CAMPAIGN + head)
    calendar = "".join(ACTION.format(number, number + 1) for number in range(actions))
    write(root, "campaigns/bees/calendar.toml", calendar)
    return [str(problem) for problem in read([root], today=TODAY)[1]]


def test_a_campaign_of_too_many_actions_or_years_is_told_and_not_looked_at(tmp_path, monkeypatch):
    assert campaign(tmp_path, "start = 2030-01-01\nend = 2130-12-31") == []
    assert campaign(tmp_path, "end = 2131-01-01") == [
        "campaigns/bees/campaign.toml: end: 2131-01-01 lies more than 100 years after 2030-01-01;"
        " leave it out for a campaign that goes on every year"
    ]
    monkeypatch.setattr(limits, "MOST_ACTIONS", 1)
    assert campaign(tmp_path) == [
        "campaigns/bees/calendar.toml: action: has more than 1 of them; leave some out"
    ]


HOSTILE = [
    "99999999999999999999",
    "-9223372036854775808",
    "1e308",
    "nan",
    "inf",
    '""',
    '"\\u0000"',
    '"{}"',
    '"{0.__class__}%s%n"',
    "[]",
    "[[], {}]",
    "{}",
    "{ a = { b = [] } }",
    "0001-01-01",
    "9999-12-31",
    "00:00:00",
    "1979-05-27T07:32:00Z",
    "true",
]
VALUE = re.compile(r'"[^"\n]*"|\b\d{4}-\d\d-\d\d\b|\b\d+\b')
FOLDERS = {
    folder.name: {file.name: file.read_text("utf-8") for file in folder.glob("*.toml")}
    for folder in sorted((TOP / "campaigns").iterdir())
    if (folder / "campaign.toml").is_file()
}


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_whatever_stands_in_a_campaign_gives_problems_and_never_a_traceback(data):
    folder = data.draw(st.sampled_from(sorted(FOLDERS)))
    name = data.draw(st.sampled_from(sorted(FOLDERS[folder])))
    text = FOLDERS[folder][name]
    places = list(VALUE.finditer(text))
    place = places[data.draw(st.integers(0, len(places) - 1))]
    value = data.draw(st.sampled_from(HOSTILE))
    spoilt = {name: f"{text[: place.start()]}{value}{text[place.end() :]}"}
    prefix = f"campaigns/{folder}"
    held = {
        f"{prefix}/{each}": File(path=TOP / each, data=content.encode())
        for each, content in {**FOLDERS[folder], **spoilt}.items()
    }
    files = Files(roots=(TOP,), held=((held, frozenset({"campaigns", prefix})),))
    _, problems = read_campaign(files, folder, TODAY)
    assert all(problem.file.startswith(prefix) for problem in problems)


# templates


def made(root, source, **values):
    write(root, "content/en/bees/plant.j2", source)
    loader = Loader(read_files([root]))
    template = loader.template("en", "bees/plant")
    return loader.block(template, "post", {"language": "en", **values})


def block(source):
    return f"{{% block post %}}{source}{{% endblock %}}"


LONG = "is longer than 20 characters; make it shorter"
MUCH = "handles more than 60 characters; make it simpler"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (block("a text of twenty letters"), LONG),
        (block("{% for n in range(9) %}abc{% endfor %}"), LONG),
        (block("{{ range(9) | join('abc') }}"), LONG),
        (block("{{ range(9) | join(range(3) | join) }}"), LONG),
        (block("{{ name ~ name ~ name }}"), LONG),
        (block("{{ [name, name, name] | join }}"), LONG),
        (block("{{ self.b() }}") + "{% block b %}{{ name }}{{ name }}{{ name }}{% endblock %}", LONG),
        (block("{{ 3 | plural(other='##########' ~ '#########') }}"), None),
        (block("{{ 123 | plural(other='#########' ~ '#########') }}"), LONG),
        (block("{% for n in range(9) %}{{ (name ~ n) | length }}{% endfor %}"), MUCH),
        (block("{% for n in range(9) %}{{ name | upper | length }}{% endfor %}"), MUCH),
        (block("{% for n in range(9) %}{{ (name + name) | length }}{% endfor %}"), MUCH),
        (block("{% for n in range(9) %}{{ n in range(9) }}{% endfor %}"), MUCH),
        (block("{% for n in 'abcdefghi' %}{{ self.b() | length }}{% endfor %}"
         "{% block b %}{% if n is undefined %}{{ name }}{% endif %}{% endblock %}"), MUCH),
    ],
)  # fmt: skip
def test_what_is_made_has_a_bound_while_it_is_made(tmp_path, monkeypatch, source, message):
    monkeypatch.setattr(limits, "MOST_MADE", 20)
    monkeypatch.setattr(limits, "MOST_HANDLED", 60)
    if message is None:
        assert made(tmp_path, source, name="nine char") == "3" * 19
        return
    with pytest.raises(RenderError, match=message) as refused:
        made(tmp_path, source, name="nine char")
    assert str(refused.value).startswith("content/en/bees/plant.j2: ")


def test_a_text_that_takes_too_long_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MOST_SECONDS", 0)
    with pytest.raises(RenderError, match=r"plant\.j2: .*takes more than 0 seconds of work"):
        made(tmp_path, block("{% for n in range(9) %}x{% endfor %}"))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (block("{{ range(3) }}"), "a list can't be written; say it with join"),
        (block("{{ [1] ~ 'x' }}"), "a list can't be written"),
        (block("{{ [[1], [2]] | join }}"), "a list can't hold lists"),
        (block("{{ names | join }}"), "a list can't be written"),
        (block("{{ ((1, 2), 3) | length }}"), "a list can't hold lists"),
        (block("{{ '1e60' | number }}"), "this number is too long to be written"),
        (block("{{ ('1' ~ '0000000000' ~ '1') | number }}"), None),
    ],
)
def test_what_is_longer_than_it_looks_is_not_written(tmp_path, source, message):
    if message is None:
        assert made(tmp_path, source) == "100,000,000,001"
        return
    with pytest.raises(RenderError, match=message):
        made(tmp_path, source, names=[["a"]])


@pytest.mark.parametrize(
    ("limit", "most", "source", "message"),
    [
        ("MOST_TOKENS", 9, "{{ a }}{{ a }}{{ a }}", "line 1: has more than 9 words and signs"),
        ("MOST_DEPTH", 5, "{{ a.b.c.d.e }}", "line 1: is nested too deeply; make it simpler"),
        ("MOST_DEPTH", 4, "{% if a %}{% if a %}{% if a %}{% endif %}{% endif %}{% endif %}",
         "line 1: is nested too deeply"),
        ("MOST_DEPTH", 5, f"{{% if a %}}{'{% elif a %}' * 40}{{% endif %}}", "is nested too deeply"),
        ("MOST_LOOPS", 2, f"{'{% for a in b %}' * 3}.{'{% endfor %}' * 3}", "line 1: is nested too deeply"),
    ],
)  # fmt: skip
def test_a_template_beyond_a_limit_is_told_with_its_file(
    tmp_path, monkeypatch, limit, most, source, message
):
    monkeypatch.setattr(limits, limit, most)
    with pytest.raises(RenderError, match=message) as refused:
        made(tmp_path, block(source))
    assert str(refused.value).startswith("content/en/bees/plant.j2: ")
    path = write(tmp_path, "a.j2", f"{{# another #}}{block(source)}")
    with pytest.raises(RenderError, match=message):
        outline(File(path=path, data=path.read_bytes()), "a.j2", "en")


@pytest.mark.parametrize(
    "source",
    [
        f"{'{% for a in b %}' * limits.MOST_LOOPS}.{'{% endfor %}' * limits.MOST_LOOPS}",
        f"{'{% if a %}' * 28}.{'{% endif %}' * 28}",
        f"{'{% if a %}.{% else %}' * 28}{'{% endif %}' * 28}",
        f"{{% if a %}}.{'{% elif a %}.' * 270}{{% endif %}}",
        f"{{{{ {'not ' * 28}a }}}}",
        f"{{{{ a{' | upper' * 28} }}}}",
        f"{{{{ a{'.b' * 28} }}}}",
        f"{{{{ {'a + (' * 27}a{')' * 27} }}}}",
        f"{{{{ {'a(' * 28}{')' * 28} }}}}",
        f"{{{{ {'[' * 28}{']' * 28} }}}}",
        f"{{{{ {'a if a else (' * 27}a{')' * 27} }}}}",
    ],
)
def test_python_takes_what_is_just_within_the_limits(source):
    template, _ = Sandbox().compile_text(block(source), "a.j2")
    assert list(template.blocks) == ["post"]


def test_lists_names_of_loops_and_joins_work_as_ever(tmp_path):
    source = block(
        "{% for a, b in pairs %}{{ a }}{{ b }} {% endfor %}"
        "{% if 'x' in ('x', 'y') and 2 in [1, 2] %}in{% endif %} {{ 1 ~ '-' ~ none_ }}"
        " {{ rows | join(', ', attribute='name') }} {{ ['a', 'b'] | join(d='/') }} {{ 'ab' | join('.') }}"
    )
    values = {"pairs": [(1, 2), (3, 4)], "none_": 0, "rows": [{"name": "A"}, {"name": "B"}]}
    assert made(tmp_path, source, **values) == "12 34 in 1-0 A, B a/b a.b"


@pytest.mark.slow
def test_check_tells_what_is_beyond_a_limit_and_ends_in_time(tmp_path, monkeypatch):
    campaign(tmp_path)
    write(tmp_path, "content/en/bees/a0.j2", block("{% for n in range(90) %}x{% endfor %}"))
    write(tmp_path, "content/en/bees/a1.j2", block("x"))
    monkeypatch.setattr(limits, "MOST_MADE", 80)
    library, _ = read([tmp_path], today=TODAY)
    renderer = Renderer(library.files, library.campaigns, stand_in=True)
    operators = load(None)[0]

    def lines():
        return [str(each) for each in check.run(operators, library, renderer, today=TODAY)]

    long = "content/en/bees/a0.j2: post: is longer than 80 characters; make it shorter"
    assert long in lines()
    monkeypatch.setattr(limits, "MOST_CHECKED", 0)
    slow = [line for line in lines() if "take more than 0 seconds of work" in line]
    assert len(slow) == 1
    assert slow[0].startswith("content/en/bees/a0.j2: (whole file): ")
    assert long not in lines()


# lengths of what was made


def test_a_text_beyond_all_networks_is_counted_by_its_characters():
    text = "🇫🇷" * 6_000
    assert measure(text, Limits(length=300, counter="graphemes")) == 12_000
    assert measure(text[:9_000], Limits(length=300, counter="graphemes")) == 4_500


def test_what_goes_on_for_pages_without_a_space_is_no_link():
    assert links(f"https://a.example/{'x' * 2_000} b") == (f"https://a.example/{'x' * 2_000}",)
    assert links(f"https://a.example/{'x' * 3_000} see bees.org") == ("bees.org",)


def test_isolates_of_a_long_text_are_those_of_its_parts():
    part = "ا #Bees و b.example ثم abc 12ab و @c "
    assert isolates(part * 300) == isolates(part) * 300


# words and patterns


def test_gaps_are_filled_by_their_names_and_by_nothing_else():
    text = "{until} {{until}} {until:>9} {until.real} {until!r} {other} {} {"
    assert filled(text, until="{day}", day=1) == (
        "{day} {until} {until:>9} {until.real} {until!r} {other} {} {"
    )


def test_what_fills_a_gap_brings_no_control_characters():
    assert filled("By {name}.", name="Ana\x1b[2J\u202e") == "By Ana[2J."


def handles(root, **changes):
    fields = {
        "label": "X",
        "name": "[a-z]{1,9}",
        "url": "https://x.example/{name}",
        "example": "@bees",
    }
    table = "".join(f"{key} = '{value}'\n" for key, value in (fields | changes).items())
    write(root, "content/handles.toml", f"[networks.x]\n{table}")
    return read_shared(read_files([root]))


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("name", "[a-z" + "a" * 300, "is no pattern of at most 300 characters"),
        ("name", "(a{500}){500}", "and 200,000 repeats; make it simpler"),
        ("name", "[a-z", "can't be used"),
        ("name", "a{2}{3}", "can't be used"),
        ("url", "https://x.example/{name:>9}", "has the gap {name:>9}; there are {name} and"),
        ("url", "https://x.example/{name.real}", "has the gap {name.real}; there are {name} and"),
        ("url", "https://x.example/{", "has a brace too many or too few"),
    ],
)
def test_patterns_and_gaps_of_handles_have_bounds(tmp_path, key, value, message):
    shared, problems = handles(tmp_path, **{key: value})
    assert shared.handles is None
    assert message in str(problems[0])


def test_a_pattern_that_takes_too_long_fits_nothing(tmp_path, monkeypatch):
    shared, _ = handles(tmp_path, name="(?:[a-z]|[a-m]){1,9}")
    shape = shared.handles["x"]
    assert normalise("@bees", shape).name == "bees"
    monkeypatch.setattr(reading, "PATIENCE", 1e-12)
    assert isinstance(normalise("@" + "a" * 150, shape), Wrong)


def test_a_folder_of_zones_is_no_zone(tmp_path):
    write(tmp_path, "content/places.toml", "main = ['America']")
    assert "there is no time zone 'America'" in str(read_shared(read_files([tmp_path]))[1][0])


def test_a_list_with_rows_of_separators_is_told_and_an_empty_row_is_none(tmp_path, monkeypatch):
    monkeypatch.setattr(csv_file, "MOST_CELLS", 5)
    path = write(tmp_path, "a.csv", "email,name\na@b.example,Ana\n,,,,\n")
    rows, problems = csv_file.read(path, ("email", "name"), ("email",))
    assert ([row.number for row in rows], problems.found) == ([2], [])
    many = f'a@b.example,"{"a, b" * 9}\n""c"", d{"," * 9}"\n'
    write(tmp_path, "a.csv", f"email,name\n{many}")
    rows, problems = csv_file.read(path, ("email", "name"), ("email",))
    assert ([row.cells["email"] for row in rows], problems.found) == (["a@b.example"], [])
    # lines in quotes hide no cells of a row, and no row's place
    write(tmp_path, "a.csv", f'email,name\r\n{many}a@b.example,,,"\n",,,\n')
    assert [str(problem) for problem in csv_file.read(path, ("email",), ())[1].found] == [
        f"{path}: 4: has more than 5 cells; is it a list at all?"
    ]
    write(tmp_path, "a.csv", "email,name\na@b.example,Ana,,,,,,\n")
    assert [str(problem) for problem in csv_file.read(path, ("email",), ())[1].found] == [
        f"{path}: 2: has more than 5 cells; is it a list at all?"
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_in_quotes_separate_nothing(tmp_path, separator, end):
    others = ",;\t".replace(separator, "") * 9
    header = separator.join(["email", f'"{others}"'])
    path = write(tmp_path, "a.csv", f'{header}{end}a@b.example{separator}"{others}"{end}')
    rows, problems = csv_file.read(path, ("email", others.strip()), ("email",))
    assert problems.found == []
    assert [(row.number, row.cells["email"]) for row in rows] == [(2, "a@b.example")]
