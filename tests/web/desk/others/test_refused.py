"""What the desk refuses is said in its reader's language, and what only the program can say is
marked as its English.
"""

import ast
import re
from html import unescape

from tree import TOP, languages

from bot.errors import UsageError
from bot.gaps import gaps
from bot.jobs.sending import decisions
from bot.model.staff import Actor
from bot.web.desk import PAGES
from bot.web.desk.refused import WRITTEN
from tests.web.desk.conftest import NOW, somewhere
from tests.web.desk.test_words import words

LANGUAGES = languages()
FORMS = (
    ("posts/1-1-0", {"do": "x"}),
    ("posts/1-1-0", {"do": "cancel"}),
    ("posts/9-9-0", {"do": "cancel"}),
    ("queue", {"1-1-0": "seen before"}),
    ("by-hand", {"pack": "1-1-0", "url": "x"}),
    ("pledges/1", {"act": "approve", "mark": "old"}),
    ("pledges/1", {"act": "return", "mark": "old", "reason": ""}),
    ("pledges/1", {"act": "verify", "way": "x", "note": "n"}),
    ("pledges/1", {"act": "publish"}),
    ("pledges/1", {"act": "x"}),
    ("pledges/1/message", {"do": "show", "text": ""}),
    ("pledges/1/editors", {"do": "invite"}),
    ("pledges/matches", {"act": "ask", "first": "1", "second": "2"}),
    ("pledges/matches", {"act": "x"}),
    ("inbox", {"question": "9", "text": "So."}),
    ("inbox/posts/1", {"do": "x"}),
    ("amplify/1", {"act": "x"}),
    ("tokens", {"label": "", "read": "yes"}),
    ("tokens", {"label": "x"}),
    ("tokens", {"label": "x", "read": "yes", "until": "x"}),
    ("tokens", {"end": "9"}),
    ("results", {"campaign": "x", "month": "2021-04"}),
    ("posts/1-1-0/clear", {"to": "x", "address": "a@b.example"}),
    ("compose/9", {"do": "delete"}),
    ("outbox", {"1-1-0": "cancelled", "do": "release", "sure": "yes"}),
)
"""Forms that are refused, over a post that was cancelled, and one pledge."""


def raised():
    """Yield (key of words, names of values) of each error that names words."""
    for path in sorted((TOP / "bot").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            called = getattr(getattr(node, "func", None), "id", "")
            if (
                called in ("UsageError", "Missing", "Overtaken")
                and len(getattr(node, "args", ())) > 1
            ):
                yield node.args[1].value, {each.arg for each in node.keywords}


def test_each_error_that_names_words_has_them_and_gives_their_values():
    known = words("en")["refusals"]
    given = list(raised())
    assert {key for key, _ in given} == set(known)
    for key, values in given:
        places = gaps(known[key])
        assert places == values, key


KEPT_BY_ITS_PAGE = {"alt", "csv"}
"""What is written into forms whose pages are shown with it again."""


def test_what_is_written_into_a_form_is_shown_where_it_is_refused():
    templates = (TOP / "bot" / "web" / "desk" / "templates").glob("*.html")
    texts = [each.read_text("utf-8") for each in templates]
    written = {name for text in texts for name in re.findall(r'<textarea[^>]* name="(\w+)"', text)}
    assert written == {*WRITTEN, *KEPT_BY_ITS_PAGE}


def test_no_words_of_a_refusal_name_a_command():
    for language in LANGUAGES:
        for key, said in words(language)["refusals"].items():
            assert not re.search(r"`|drumbeat |config\.toml|/\w+$", said), (language, key)


async def test_no_english_reason_stands_unmarked_on_a_page_in_french(filled, desk, monkeypatch):
    said, begin = [], UsageError.__init__

    def noted(self, message, *given, **values):
        said.append(message)
        begin(self, message, *given, **values)

    monkeypatch.setattr(UsageError, "__init__", noted)
    decisions.cancel(filled, "1-1-0", Actor.staff("1"), NOW)
    table, in_french = words("fr"), 0
    french = [*table["refusals"].values(), table["refused"]["gone"], table["refused"]["overtaken"]]
    async with desk(filled) as sit:
        seat = await sit("ada")
        await seat.posts("/desk/language", {"language": "fr"})
        empty = [(somewhere(page), {}) for page in PAGES if page.posted]
        for path, form in (*empty, *FORMS):
            said.clear()
            told = await seat.posts(f"/desk/{path}", form)
            unmarked = re.sub(r'<(\w+)[^>]* lang="en".*?</\1>', "", told.text, flags=re.DOTALL)
            for message in said:
                assert message not in unescape(unmarked), (path, form)
            in_french += bool(said) and any(each in unescape(told.text) for each in french)
    assert in_french > 15, "most reasons have words"
