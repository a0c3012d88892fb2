"""Signs that nobody sees: `check` names them with file and line, and no text is made with them."""

from datetime import date

import pytest

from bot.files.frozen import File, read_files
from bot.files.toml import read_toml
from bot.jobs.campaigns import check_signs
from bot.jobs.people import csv_file
from bot.library import shipped_root
from bot.render import Renderer
from bot.render.loader import Loader
from bot.render.outline import outline
from bot.text import without_controls

DAY = date(2030, 5, 1)


def write(root, name, content):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def told(root):
    return [str(problem) for problem in check_signs.run(read_files([root]))]


@pytest.mark.parametrize(
    ("sign", "named"),
    [
        ("\x1b", "U+001B a control character"),
        ("\x9b", "U+009B a control character"),
        ("\x00", "U+0000 a control character"),
        ("\u202e", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("\u2028", "U+2028 LINE SEPARATOR"),
    ],
)
def test_a_sign_that_nobody_sees_is_named_with_file_and_line(tmp_path, sign, named):
    write(
        tmp_path, "content/en/bees/plant.j2", f"{{% block post %}}\nBees{sign}!\n{{% endblock %}}"
    )
    write(tmp_path, "content/en/bees/words.toml", f'title = "Bees"\nabout = "All{sign} of us"')
    assert told(tmp_path) == [
        f"content/en/bees/{name}: (whole file): line 2: holds {named}, which nobody sees and which"
        " changes what is shown; take it out"
        for name in ("plant.j2", "words.toml")
    ]


def test_a_sign_that_a_table_spells_is_named_with_key_and_line(tmp_path):
    write(
        tmp_path,
        "campaigns/bees/calendar.toml",
        '# as \'\\\\u001b\'\n[[action]]\nid = "plant"\nsource = "our \\u001b[2Jplan"\n'
        "quote = '\\u202e is literal here'\n",
    )
    assert told(tmp_path) == [
        "campaigns/bees/calendar.toml: action[1].source: line 1: spells U+001B a control character,"
        " which nobody sees and which changes what is shown; take it out"
    ]


def test_a_sign_that_a_template_spells_is_told_with_block_and_line(tmp_path):
    file = write(tmp_path, "a.j2", "{% block post %}\nHi\n{{ '\\x1b[2J' ~ hashtag }}{% endblock %}")
    held = outline(File(path=file, data=file.read_bytes()), "a.j2", "en")
    assert held.faults == (
        ("post", "line 3: spells U+001B a control character, which no text may hold; take it out"),
    )


def test_lines_and_tabs_marks_of_direction_and_what_is_shipped_are_nothing_to_tell(tmp_path):
    write(tmp_path, "content/ar/bees/plant.j2", "a\r\n\tb \u200f\u200e \u2068c\u2069 \u200d\r\n")
    assert told(tmp_path) == []
    assert told(shipped_root()) == []


def test_a_file_full_of_such_signs_is_told_in_few_lines(tmp_path):
    write(tmp_path, "content/en/bees/plant.j2", "\x1b\n" * 1000)
    assert len(told(tmp_path)) == 20


def test_what_is_made_of_a_table_or_a_template_holds_no_such_sign(tmp_path):
    write(
        tmp_path,
        "content/en/bees/words.toml",
        'title = "Be\\u001b[2Jes\\u202e"\n[groups.a]\nname = "\\u0007"',
    )
    write(
        tmp_path,
        "content/en/bees/plant.j2",
        b"{% block post %}\x1b]0;x\x07{{ name }}\xe2\x80\xae{{ '\\x9b' }}{% endblock %}",
    )
    files = read_files([tmp_path])
    table, problems = read_toml(files.first("content/en/bees/words.toml"), "words.toml")
    assert (table, problems) == ({"title": "Be[2Jes", "groups": {"a": {"name": ""}}}, [])
    loader = Loader(files)
    source = loader.template("en", "bees/plant")
    name = "Ana\u202e\x1b[31m\u2028Roe\rand\r\nco\tEnd"
    assert loader.block(source, "post", {"name": name}) == "]0;xAna[31m\nRoe\nand\nco\tEnd"


def test_next_post_still_parts_a_thread(tmp_path):
    write(tmp_path, "content/en/mail/a.j2", "{% block a %}one{{ '\\0' }}two{% endblock %}")
    renderer = Renderer(read_files([tmp_path]), {})
    page = renderer.page("mail/a", "a", language="en", fallback="en", variables={})
    assert page.text == "onetwo"


def test_what_means_a_line_end_becomes_one():
    assert without_controls("a\r\nb\rc\x0bd\x0ce\x85f\u2028g\u2029h") == "a\nb\nc\nd\ne\nf\ng\nh"


def test_a_list_of_people_with_such_a_sign_is_told_by_row_and_column(tmp_path):
    path = write(tmp_path, "people.csv", "email,name\nana@acme.example,Ana\x1b[2J\n")
    _, problems = csv_file.read(path, ("email", "name"), ("email",))
    assert [str(problem) for problem in problems.found] == [
        f"{path}: 2: name: holds U+001B a control character, which nobody sees; take it out"
    ]
