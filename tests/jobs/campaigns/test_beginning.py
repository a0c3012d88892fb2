"""A language from its first file on: what is marked over all that is shipped, what is said of what
lacks, and that it is offered once nothing does.
"""

import re
import tomllib

import pytest
from jinja2 import Environment, nodes
from tree import TOP

from bot.errors import UsageError
from bot.files import editing
from bot.files.frozen import read_files
from bot.files.standing import DIGESTS
from bot.jobs.campaigns.languages.beginning import begin, marked, marks_left, untranslated
from bot.jobs.campaigns.languages.lacking import lacking, untranslated_by_language
from bot.library import read
from bot.render import Renderer

LIBRARY = read([TOP])[0]
SHIPPED = LIBRARY.files
LETTER = re.compile(r"[^\W\d_]")
NO_WORD = re.compile(r"\{\w*\}|https?://\S+|#\w+")
MARK = re.compile(r"\{# untranslated #\}|^# untranslated\n", re.MULTILINE)


@pytest.fixture(scope="module", params=[None, "fr"])
def begun(request, tmp_path_factory):
    root = tmp_path_factory.mktemp("begun")
    campaigns = list(LIBRARY.campaigns.values())
    return root, begin(SHIPPED, root, "de", campaigns, source=request.param)


@pytest.fixture
def german(tmp_path):
    """A root in which all of the bot's own stands below a mark."""
    begin(SHIPPED, tmp_path, "de", [])
    return tmp_path


def said(node):
    """The texts of a template's node that people may read: no name of a table, nothing that is
    compared.
    """
    match node:
        case nodes.TemplateData():
            yield node.data
        case nodes.Const():
            yield str(node.value) if isinstance(node.value, str) else ""
        case nodes.Compare():
            pass
        case nodes.Filter(name="word"):
            yield from said(node.node)
        case _:
            for child in node.iter_child_nodes():
                yield from said(child)


def worded(text):
    return any(LETTER.search(NO_WORD.sub("", each)) for each in text)


def leaves(value, name=""):
    if isinstance(value, dict):
        for key, each in value.items():
            yield from leaves(each, f"{name}.{key}" if name else key)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for at, each in enumerate(value):
            yield from leaves(each, f"{name}[{at + 1}]")
    else:
        yield name, value


def expected(name, text):
    """The names of the texts that people read, by other readers than those of the marks."""
    if name.endswith(".j2"):
        template = Environment().parse(text)
        return {each.name for each in template.find_all(nodes.Block) if worded(said(each))}
    texts = (
        (key, [each] if isinstance(each, str) else each)
        for key, each in leaves(tomllib.loads(text))
    )
    return {
        key
        for key, each in texts
        if isinstance(each, list)
        and any(LETTER.search(re.sub(r"\{\w*\}", "", one)) for one in each)
    }


def offers(files):
    made = Renderer(files, {})
    tags = {name: "de" in made.tags(name).values() for name in ("public", "web")}
    return {"chat": "de" in made.chat.languages(), **tags}


def test_each_text_that_people_read_bears_a_mark_and_stands_as_it_was(begun):
    root, told = begun
    left = marks_left(read_files([root]))
    assert sum(map(len, left.values())) == told.texts > 4_000
    for file in told.files:
        name, text = file.as_posix(), (root / file).read_text("utf-8")
        assert expected(name, text) - set(left.get(name, ())) == set()
        assert len(left.get(name, ())) == len(set(left.get(name, ())))


def test_what_is_begun_loads_and_what_is_translated_is_said_at_once(begun):
    root, _ = begun
    library, problems = read([root, TOP])
    assert problems == []
    start = root / "content" / "de" / "chat" / "start.j2"
    before = start.read_text("utf-8")
    for other in (root / "content" / "de" / "chat").glob("r*.j2"):
        other.unlink()
    start.write_text("{% block first %}Zuerst{% endblock %}", "utf-8")
    try:
        chat = Renderer(read_files([root, TOP]), library.campaigns).chat
        assert chat.text("start.first", "de", {}) == "Zuerst"
        for rest in ("start.unread", "rights.kept"):
            assert chat.text(rest, "de", {"days": 3}) == chat.text(rest, "en", {"days": 3})
    finally:
        start.write_text(before, "utf-8")


def test_what_is_left_is_counted_file_by_file_down_to_none_and_then_offered(german):
    untouched = ["chat/events.j2", "web.toml"]
    for file in (german / "content" / "de").rglob("*.*"):
        if file.relative_to(german / "content" / "de").as_posix() not in untouched:
            file.write_text(MARK.sub("", file.read_text("utf-8")), "utf-8")
    files = [german / "content" / "de" / name for name in untouched]
    for file in files:  # all but two
        text = file.read_text("utf-8")
        file.write_text(MARK.sub("", text, count=len(MARK.findall(text)) - 2), "utf-8")
    counts = []
    for file in [*files, *files]:
        now = read_files([german, TOP])
        counts.append((untranslated_by_language(now)["de"], lacking(now)["de"]))
        assert not all(offers(now).values())
        file.write_text(MARK.sub("", file.read_text("utf-8"), count=1), "utf-8")
    assert counts == [(4, 2), (3, 2), (2, 2), (1, 1)]
    now = read_files([german, TOP])
    assert (untranslated(now), lacking(now).get("de")) == ([], None)
    assert offers(now) == {"chat": True, "public": True, "web": True}


def test_a_file_that_lacks_texts_gets_these_below_a_mark_and_nothing_else_changes(german):
    folder = german / "content" / "de"
    for file in folder.rglob("*.*"):
        file.write_text(MARK.sub("", file.read_text("utf-8")), "utf-8")
    start, web = folder / "chat" / "start.j2", folder / "web.toml"
    texts = {file: file.read_text("utf-8") for file in (start, web)}
    block = re.search(r"\{% block first %\}.*?\{% endblock %\}\n", texts[start], re.DOTALL)[0]
    start.write_text(texts[start].replace(block, ""), "utf-8")
    lost = texts[web].index("[lost]")
    web.write_text(
        re.sub(r"^text = .*\n", "", texts[web][:lost], count=1, flags=re.MULTILINE) + "# mine\n",
        "utf-8",
    )
    before = {file: file.read_text("utf-8") for file in (start, web)}
    now = read_files([german, TOP])
    assert not any(offers(now)[part] for part in ("chat", "web"))
    told = begin(now, german, "de", [])
    assert {file.name for file in told.files} == {"start.j2", "web.toml"}
    assert told.texts == sum(map(len, marks_left(read_files([german, TOP])).values())) > 2
    assert marks_left(read_files([german, TOP]))["content/de/chat/start.j2"] == ["first"]
    assert start.read_text("utf-8").startswith(before[start].rstrip())
    assert [each for each in before[web].splitlines() if each not in web.read_text("utf-8")] == []
    for file in (start, web):
        file.write_text(MARK.sub("", file.read_text("utf-8")), "utf-8")
    assert tomllib.loads(web.read_text("utf-8")) == tomllib.loads(texts[web])
    now = read_files([german, TOP])
    assert offers(now) == {"chat": True, "public": True, "web": True}
    with pytest.raises(UsageError, match="lacks no text"):
        begin(now, german, "de", [])


TABLES = """\
# of the source
"a.b" = "x"
c.d = "y"

[figures.blind] # head
"child labour" = "n"
'q "r' = 'literal'
list = [
  "x ] = y", # a remark
  "[b]",
]
days = "{days | one=# day | other=# days}"
gap = "{name}"
count = 3
yes = true

[x."y z"]
i = {one = "a", other = "b"}
[[asked.question]]
text = \"\"\"
k = v
[no.table]
\"\"\"
"""


def test_any_table_that_toml_has_is_marked_at_each_text_and_at_nothing_else():
    after = marked("words.toml", TABLES)
    assert MARK.sub("", after) == TABLES
    assert tomllib.loads(after) == tomllib.loads(TABLES)
    assert editing.marks(after) == [
        ("a.b",),
        ("c", "d"),
        ("figures", "blind", "child labour"),
        ("figures", "blind", 'q "r'),
        ("figures", "blind", "list"),
        ("figures", "blind", "days"),
        ("x", "y z", "i"),
        ("asked", "question", 0, "text"),
    ]


def test_a_text_that_stands_in_code_is_marked_and_the_name_of_a_table_is_not():
    for body, is_marked in {
        '{{ name or "Without a name" }}': True,
        '{{ day | date("d MMM y") }}': True,
        "“{{ name }}”": True,
        '{{ state | word("pledge_list") }}: {{ due | instant }}': False,
        "{{ title }} #Bees https://a.example/b": False,
    }.items():
        assert (
            "untranslated" in marked("a.j2", f"{{% block a %}}{body}{{% endblock %}}")
        ) is is_marked


@pytest.mark.parametrize(
    "text", ["[a", "a = 1\na = 2\n", "[a]\nb = 1\n[a]\nc = 2\n", f"a = {'[' * 9_000}"]
)
def test_a_broken_table_is_told_by_check_and_ends_nothing(tmp_path, text):
    with pytest.raises(ValueError, match=r"\w"):
        editing.marks(text)
    file = tmp_path / "content" / "de" / "web.toml"
    file.parent.mkdir(parents=True)
    file.write_text(f"# untranslated\n{text}", "utf-8")
    assert marks_left(read_files([tmp_path])) == {}
    assert not (file.parent / DIGESTS).exists()
