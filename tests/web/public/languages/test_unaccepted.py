"""A language that nobody has accepted: the original stands beside what it says of consent, privacy
and danger, in chat, letters and pages; and where nobody who is named has read it, people are told.
"""

import re
from datetime import UTC, datetime

import house
import pytest
from tree import TOP

from bot.conversation.words import line
from bot.files.frozen import read_files
from bot.jobs.texts import letterhead
from bot.library import read
from bot.model import Rendered
from bot.render import Renderer
from bot.render.languages.standing import BLOCKS, CHAT, NOTICED, TABLES, UNREAD
from bot.render.letter import Draft, Own

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
SHIPPED = Renderer(read_files([TOP]), {})
STAFF = {f"flag_{of}" for of in ("country", "anywhere", "mail", "page")}
PARTS = {"danger_line", "danger_line_hours", "danger_contact", "danger_contact_group"} | {
    "danger_nobody", "not_passed_numbers", "not_passed_call", "source"
}  # fmt: skip
ASKS_ANEW = {"text_too_long", "text_empty"}


def root(folder, said):
    for tag in ("fr", "es"):
        (folder / "content" / tag).mkdir(parents=True)
        (folder / "content" / tag / "language.toml").write_text(said, "utf-8")
    return folder


@pytest.fixture(scope="module")
def unaccepted(tmp_path_factory):
    return root(tmp_path_factory.mktemp("own"), 'accepted_by = ""\n')


def test_every_text_that_stands_beside_the_original_is_there():
    chat = {name.partition(".")[0] for name in (*CHAT, *NOTICED, UNREAD)}
    blocks = {f"{file}.{block}" for file in chat for block in SHIPPED.chat.names("en", file)}
    # the parts of this one are called otherwise
    parted = (CHAT | NOTICED) - blocks - {"pledge.consent_as_set"}
    assert UNREAD in blocks
    assert all(any(each.startswith(f"{name}_") for each in blocks) for name in parted)
    for name, wanted in BLOCKS.items():
        for block in wanted:
            assert SHIPPED.page(name, block, language="en", fallback="en", variables=EVERY).text
    for name, keys in TABLES.items():
        table = SHIPPED.table(name, language="en", fallback="en")
        assert all(isinstance(_at(table, key.split(".")), str) for key in keys)


def test_each_consent_of_a_page_stands_beside_the_original():
    table = SHIPPED.table("public", language="en", fallback="en")
    assert _consents(table) - TABLES["public"] == set()


def _consents(table, before=""):
    found = {before + key for key in table if key == "consent"}
    inner = [(each, f"{before}{key}.") for key, each in table.items() if isinstance(each, dict)]
    return found.union(*(_consents(*each) for each in inner))


EVERY = dict.fromkeys(
    [
        "campaign",
        "yes",
        "no",
        "days",
        "event",
        "organisation",
        "contact",
        "name",
        "number",
        "hours",
    ],
    "X",
) | {"days": 14}


def _at(table, key):
    return _at(table[key[0]], key[1:]) if key else table


def test_what_is_said_of_a_child_in_danger_is_in_both_languages():
    said = {f"safety.{block}" for block in SHIPPED.chat.names("en", "safety")}
    left = {f"safety.{block}" for block in STAFF | PARTS | ASKS_ANEW}
    assert said - left <= CHAT


def test_the_chat_says_both_until_the_language_is_accepted(unaccepted, tmp_path):
    parts = (line("safety.danger_call"), line("safety.danger_nobody"))
    before = Renderer(read_files([unaccepted, TOP]), {}).chat
    both = before.text("safety.danger", "fr-CA", {}, parts)
    own = SHIPPED.chat.text("safety.danger", "fr", {}, parts)
    original = SHIPPED.chat.text("safety.danger", "en", {}, parts)
    assert both == f"{own}\n\n{original}"
    assert before.text("safety.danger", "en", {}, parts) == original
    assert before.text("help.stale", "fr", {}) == SHIPPED.chat.text("help.stale", "fr", {})


def test_people_are_told_once_that_nobody_has_read_the_language(tmp_path):
    line_of = SHIPPED.chat.unread("fr")
    assert "relecture" in line_of
    kept = SHIPPED.chat.text("settings.language_kept", "fr", {})
    assert kept.endswith(f"\n\n{line_of}")
    assert line_of not in SHIPPED.chat.text("settings.language", "fr", {})
    there = root(tmp_path, 'reviewed_by = "Awa"\nreviewed_on = 2027-01-31\n')
    after = Renderer(read_files([there, TOP]), {}).chat
    assert after.unread("fr") == after.unread("en") == ""
    assert kept.startswith(after.text("settings.language_kept", "fr", {}))


def test_letters_say_it_at_their_foot_and_whom_to_call_in_both(unaccepted, library):
    campaign = library.campaigns["endchildlabour"]
    renderer = Renderer(read_files([unaccepted, TOP]), library.campaigns)
    head = letterhead.Head(campaign=campaign, privacy=None, organisation="")
    draft = Draft(subject="S", language="fr", body=("B",), own=Own(buttons=(), quiet=()))
    framed = letterhead.framed(renderer, head, draft)
    for said in (framed.text, framed.html):
        assert "Un enfant est en danger" in said
        assert "Is a child in danger?" in said
        assert "attendent encore une relecture" in said
    room = letterhead.draft(
        renderer, campaign, "S", Rendered(text="B", language="fr"), asked={}, leave="L", room=True
    )
    assert "attendent encore une relecture" in room.plain


@pytest.mark.slow
async def test_pages_mark_the_original_and_say_that_nobody_has_read(unaccepted, tmp_path, asked):
    library = read([unaccepted, TOP])[0]
    services = house.shown(tmp_path, library, "endchildlabour")
    async with asked(services, NOW) as ask:
        paths = ("/fr/danger", "/fr/about", "/en/danger")
        pages = {path: (await ask(path)).text for path in paths}
    services.store.close()
    english = '<div lang="en" dir="ltr">\n<p>If a child is in danger now'
    assert english in pages["/fr/danger"]
    assert '<span lang="en" dir="ltr">Nobody reads messages here' in pages["/fr/danger"]
    assert re.search(r'<div lang="en" dir="ltr">\s*<p>Nothing, as long', pages["/fr/about"])
    assert all("attendent encore une relecture" in pages[at] for at in ("/fr/danger", "/fr/about"))
    assert "by name" not in pages["/en/danger"]
    assert 'lang="en" dir="ltr">' not in pages["/en/danger"].partition("<main")[2]
