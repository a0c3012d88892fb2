"""What somebody accepted, or read, is a text as it is then: another one stands beside the original
again, and is named.
"""

import codecs
import errno
import json
import re
import shutil
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tree import TOP, languages

from bot.conversation.words import line, paragraph
from bot.errors import DataError, UsageError
from bot.files.frozen import read_files
from bot.files.standing import DIGESTS, read_standing
from bot.jobs.campaigns.languages import accepting
from bot.jobs.campaigns.languages.standing import sentences
from bot.model.staff import Actor
from bot.render import Renderer
from bot.render.languages.blocks import blocks_of
from bot.store import Store

CONSENT = (line("start.consent_kept"), line("start.consent_rights"))
NOW = datetime(2027, 1, 31, 12, tzinfo=UTC)


def files(own):
    return read_files([own, TOP])


def texts(own):
    return Renderer(files(own), {}).chat


def write(own, name, text):
    file = own / "content" / "fr" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


def done(own, what, by="Awa", store=None):
    to = accepting.ready([own], TOP, "fr", by, whole=False)
    return what(to, store, Actor("anna"), NOW)


def told(own):
    return [text for tags, text in sentences(files(own), {"fr"}) if tags == "fr"]


@pytest.fixture
def own(tmp_path):
    """A root whose French somebody has accepted and read."""
    done(tmp_path, accepting.accept)
    done(tmp_path, accepting.review)
    return tmp_path


def test_what_is_accepted_stands_alone_until_it_changes_and_it_alone_has_english_beside_it(own):
    said = texts(own).text("start.consent", "fr", {"age": 18}, CONSENT)
    assert "deleted" not in said
    assert told(own) == []
    write(own, "chat/start.j2", "{% block consent_kept %}Je garde tout.{% endblock %}")
    write(own, "web.toml", '[join]\ntext = "Voulez-vous tout dire ?"\n')
    chat = texts(own)
    original = chat.text("start.consent", "en", {"age": 18}, CONSENT)
    assert chat.text("start.consent", "fr", {"age": 18}, CONSENT).endswith(f"\n\n{original}")
    assert chat.text("rights.forget", "fr", {}, (line("rights.forget_all"),)) == texts(TOP).text(
        "rights.forget", "fr", {}, (line("rights.forget_all"),)
    )
    web = Renderer(files(own), {}).table("web", language="fr", fallback="en")
    english = Renderer(files(own), {}).table("web", language="en", fallback="en")
    assert web["join"]["text"].original == english["join"]["text"]
    assert not hasattr(web["meet"]["text"], "original")


OLD = "{% block told %}Ancien.{% endblock %}"


@pytest.mark.parametrize(
    ("text", "body"),
    [
        (f"{{% block told %}}NEW{{% endblock %}}{{# {OLD} #}}", "NEW"),
        (f"{{# {OLD} #}}{{% block told %}}NEW{{% endblock %}}", "NEW"),
        (f"{{% raw %}}{OLD}{{% endraw %}}{{%+ block told %}}NEW{{%+ endblock %}}", "NEW"),
        ("{% block told %}{% raw %}{% endblock %}{% endraw %}{% endblock %}",) * 2,
        ('{% block told %}{{ "{% endblock %}" }}NEW{% endblock %}', '{{ "{% endblock %}" }}NEW'),
        ('{% block told %}{{ {"a": {}} }}{% endblock %}', '{{ {"a": {}} }}'),
        (f"{OLD}{OLD}", None),
        ("{% block told %}NEW", None),
        ("{% endblock %}", None),
    ],
)
def test_a_text_is_that_which_is_said_and_none_that_stands_in_a_comment(text, body):
    body = body and body.removeprefix("{% block told %}").removesuffix("{% endblock %}")
    assert blocks_of(text).get("told") == (body or None)


def test_a_changed_text_with_the_old_one_in_a_comment_has_the_english_beside_it(own):
    safety = (TOP / "content" / "fr" / "chat" / "safety.j2").read_text("utf-8")
    old = re.search(r"\{% block told %\}.*?\{% endblock %\}", safety, re.DOTALL)[0]
    write(own, "chat/safety.j2", f"{{% block told %}}NEW{{% endblock %}}\n{{# {old} #}}")
    chat = texts(own)
    assert chat.text("safety.told", "fr", {"contact": ""}).startswith("NEW\n\n")
    assert told(own)[0].endswith("content/fr/chat/safety.j2: told")


def test_a_text_that_says_another_one_changes_with_it(own):
    both = "{{% block told %}}{{{{ self.more() }}}}{{% endblock %}}{{% block more %}}{}{{% endblock %}}"
    write(own, "chat/safety.j2", both.format("Une."))
    done(own, accepting.accept)
    assert texts(own).text("safety.told", "fr", {"contact": ""}) == "Une."
    write(own, "chat/safety.j2", both.format("Autre."))
    assert texts(own).text("safety.told", "fr", {"contact": ""}).startswith("Autre.\n\n")


def test_a_language_that_has_a_campaign_alone_is_read_as_its_shorter_tag_is(own):
    other = own / "content" / "fr-CA" / "bees" / "words.toml"
    other.parent.mkdir(parents=True)
    other.write_text('title = "Abeilles"\n', "utf-8")
    assert texts(own).standings.of("fr-CA").reviewed_by == "Awa"
    (own / "content" / "fr-CA" / "language.toml").write_text('reviewed_by = ""\n', "utf-8")
    assert not texts(own).standings.of("fr-CA").is_read


def test_what_changed_since_is_named_until_it_is_accepted_again(own):
    write(own, "chat/start.j2", "{% block consent_kept %}Je garde tout.{% endblock %}")
    accepted, read = told(own)
    assert accepted == (
        "fr: the English stands again beside 1 text on consent, privacy and danger, which changed"
        " or came since the language was accepted on 2027-01-31 (Awa); once somebody has read"
        " these, `drumbeat language accept fr --by NAME`: content/fr/chat/start.j2: consent_kept"
    )
    assert "1 text changed or came since Awa read the language on 2027-01-31" in read
    assert read.endswith(": content/fr/chat/start.j2 (1)")
    assert done(own, accepting.accept).accepted["chat/start.j2", "consent_kept"]
    assert told(own) == [read]
    done(own, accepting.review, "Ana")
    assert told(own) == []


@pytest.mark.slow
def test_the_commands_name_the_text_that_changed(command, own):
    write(own, "chat/start.j2", "{% block consent_kept %}Je garde tout.{% endblock %}")
    (own / "config.toml").write_text('roots = ["."]\n', "utf-8")
    accepted, _ = told(own)
    assert accepted in command("check")[2].splitlines()
    findings = json.loads(command("doctor", "--json")[1])["findings"]
    assert accepted in [each["message"] for each in findings if each["check"] == "languages"]
    assert "1 of those read, 1 of those accepted" in command("language", "list")[1]


def test_another_blank_or_line_break_makes_no_other_text(own):
    start = (TOP / "content" / "fr" / "chat" / "start.j2").read_text("utf-8")
    write(own, "chat/start.j2", start.replace("{% endblock %}", "\n\n{% endblock %}"))
    assert told(own) == []


def test_a_name_that_is_written_by_hand_accepts_no_text_that_it_has_not_seen(tmp_path):
    write(tmp_path, "language.toml", 'accepted_by = "Uwe"\naccepted_on = 2027-01-31\n')
    write(tmp_path, DIGESTS, "[accepted]\n")
    assert "the English stands again" in told(tmp_path)[-1]
    assert told(tmp_path)[-1].endswith(" more")


def test_a_text_that_is_one_part_of_a_message_stands_beside_the_original_by_itself(tmp_path):
    write(tmp_path, "language.toml", 'accepted_by = ""\n')
    chat = texts(tmp_path)
    parts = (
        line("pledge_verify.ask_address"),
        paragraph("pledge_verify.ask_waits", sent=NOW, until=NOW, domain="b.c"),
    )
    values = {"organisation": "O", "audience": "organization", "letter": None}
    said = chat.text("pledge_verify.ask", "fr", values, parts)
    own, original = (
        texts(TOP).text("pledge_verify.ask", tag, values, parts[:1]) for tag in ("fr", "en")
    )
    assert said.startswith(f"{own}\n\n{original}\n\n")
    assert len(said) > len(own) + len(original) + 4


def test_the_log_says_who_accepted_for_whom_and_in_whose_place(tmp_path):
    with closing(Store(tmp_path / "db.sqlite")) as store:
        done(tmp_path, accepting.accept, "Awa", store)
        done(tmp_path, accepting.accept, "Awa", store)
        done(tmp_path, accepting.accept, "Ana", store)
        done(tmp_path, accepting.review, "Ana", store)
        deeds = store.audit.read(verb="language.")
        named = [(deed.by, deed.verb, store.audit.named(int(deed.object))) for deed in deeds]
    shipped = read_standing(read_files([TOP]), "fr")[0].accepted_by
    assert named[::-1] == [
        ("anna", "language.accepted", "Awa"),
        ("anna", "language.replaced", shipped),
        ("anna", "language.accepted", "Awa"),
        ("anna", "language.accepted", "Ana"),
        ("anna", "language.replaced", "Awa"),
        ("anna", "language.read", "Ana"),
    ]
    digests = {deed.digest for deed in deeds if deed.verb != "language.read"}
    assert len(digests) == 1, "the texts were the same"
    assert digests.pop().startswith("fr ")


def test_the_command_writes_into_the_log_where_there_is_one(command, tmp_path):
    (tmp_path / "content").mkdir()
    (tmp_path / "config.toml").write_text('roots = ["."]\n', "utf-8")
    code, out, err = command("language", "review", "pt", "--by", "Rui")
    assert (code, "read by Rui" in out) == (0, True)
    assert "no line stands in the log" in err
    Store(tmp_path / "db.sqlite").close()
    code, _, err = command("language", "accept", "pt", "--by", "Rui", "--db", "db.sqlite")
    assert (code, err) == (0, "")
    [line] = json.loads(command("audit", "--json", "--db", "db.sqlite")[1])
    assert (line["verb"], line["about"]) == ("language.accepted", "Rui")
    listed = json.loads(command("language", "list", "--json")[1])
    [pt] = [each for each in listed if each["language"] == "pt"]
    assert (pt["accepted_by"], pt["accepted_otherwise"], pt["read_otherwise"]) == ("Rui", [], 0)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("language.toml", "accepted_by = \n", "is no valid TOML"),
        ("language.toml", 'accepted_on = "x"\n', "accepted_on: must be a day"),
        ("language.toml", "terms = 1\n", "language.toml: terms: must be"),
        (DIGESTS, "accepted = 1\n", "digests.toml: accepted: must be"),
    ],
)
@pytest.mark.parametrize("what", [accepting.accept, accepting.review])
def test_where_it_cant_be_read_whose_the_texts_are_nothing_is_written(
    tmp_path, what, name, text, message
):
    write(tmp_path, name, text)
    with pytest.raises(DataError, match=message):
        done(tmp_path, what)
    assert held(tmp_path) == {name: text.encode()}


def held(own):
    return {file.name: file.read_bytes() for file in (own / "content" / "fr").iterdir()}


def test_new_digests_below_an_earlier_name_accept_nothing(own):
    """As where the machine stops between the two files."""
    before = held(own)["language.toml"]
    write(own, "chat/start.j2", "{% block consent_kept %}Je garde tout.{% endblock %}")
    done(own, accepting.accept, "Ana")
    done(own, accepting.review, "Ana")
    assert told(own) == []
    write(own, "language.toml", before.decode())
    said = read_standing(files(own), "fr")[0]
    assert (said.accepted_by, said.accepted, said.reviewed) == ("Awa", {}, {})
    assert "the English stands again beside" in told(own)[0]


@pytest.mark.parametrize("name", ["language.toml", f"{DIGESTS}.part", "language.toml.part"])
def test_what_the_disk_refuses_leaves_all_as_it_was(own, name):
    before = held(own)
    in_the_way = own / "content" / "fr" / name
    in_the_way.unlink(missing_ok=True)
    before.pop(name, None)
    in_the_way.mkdir()
    (in_the_way / "x").touch()
    with pytest.raises((OSError, DataError)):
        done(own, accepting.accept, "Ana")
    shutil.rmtree(in_the_way)
    assert held(own) == before


def test_a_file_that_could_not_be_put_in_place_takes_the_other_back(own, tmp_path, monkeypatch):
    before, replace = held(own), Path.replace

    def full(part, file):
        if file.name == "language.toml":
            raise OSError(errno.ENOSPC, "No space left on device", str(file))
        return replace(part, file)

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        done(own, accepting.accept, "Ana")
    assert held(own) == before
    with pytest.raises(OSError, match="No space left"):
        done(tmp_path / "other", accepting.accept, "Ana")
    assert not (tmp_path / "other").exists()


def test_a_file_keeps_its_line_ends_its_mark_and_its_link(tmp_path):
    folder = tmp_path / "content" / "fr"
    text = '# le nôtre\nreviewed_by = ""\n\n[terms]\n"consent" = "accord"\n'
    write(tmp_path, "there.toml", "")
    (folder / "there.toml").write_bytes(text.replace("\n", "\r\n").encode("utf-8-sig"))
    (folder / "language.toml").symlink_to("there.toml")
    done(tmp_path, accepting.accept)
    done(tmp_path, accepting.review)
    assert (folder / "language.toml").is_symlink()
    data = (folder / "there.toml").read_bytes()
    assert data.startswith(codecs.BOM_UTF8)
    assert data.count(b"\n") == data.count(b"\r\n") == 8
    assert told(tmp_path) == []
    assert b"\r" not in (folder / DIGESTS).read_bytes()


def test_a_link_out_of_the_root_is_not_followed(tmp_path):
    own, elsewhere = tmp_path / "own", tmp_path / "elsewhere.toml"
    write(own, "there.toml", "")
    elsewhere.write_text("", "utf-8")
    (own / "content" / "fr" / DIGESTS).symlink_to(elsewhere)
    with pytest.raises((DataError, UsageError), match=r"digests\.toml"):
        done(own, accepting.accept)
    assert elsewhere.read_text("utf-8") == ""
    assert sorted(held(own)) == [DIGESTS, "there.toml"]


@pytest.mark.parametrize("tag", languages())
def test_every_shipped_text_is_as_somebody_accepted_it(tag):
    """Who changes one reads it in all, and accepts it: `drumbeat language accept TAG --by NAME`."""
    shipped = read_files([TOP])
    assert accepting.accepted_otherwise(shipped, read_standing(shipped, tag)[0]) == []
