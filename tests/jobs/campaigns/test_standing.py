"""Who has read a language's texts, and who lets them stand: language.toml, `check`, `language`."""

import json
import tomllib

import pytest
from tree import TOP, languages

from bot.files.frozen import read_files
from bot.files.standing import read_standing
from bot.jobs.campaigns.languages.standing import problems as faults
from bot.jobs.campaigns.languages.standing import sentences
from bot.jobs.campaigns.languages.wording import avoided
from bot.jobs.campaigns.languages.wording import sentences as avoiding
from bot.model.standing import ORIGINAL, Standing


@pytest.fixture
def own(tmp_path):
    (tmp_path / "content").mkdir()
    (tmp_path / "config.toml").write_text('roots = ["."]\n', "utf-8")
    return tmp_path


def written(own, tag, text):
    file = own / "content" / tag / "language.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


def read(own, tag):
    return read_standing(read_files([own, TOP]), tag)


@pytest.mark.parametrize("tag", languages())
def test_each_shipped_language_says_every_term_of_the_glossary(tag):
    said, problems = read_standing(read_files([TOP]), tag)
    original = read_standing(read_files([TOP]), ORIGINAL)[0]
    assert problems == []
    assert list(said.terms) == list(original.terms)
    assert set(said.sources) <= set(said.terms)


@pytest.mark.parametrize("tag", languages())
def test_no_shipped_text_says_what_its_language_avoids(tag):
    files = read_files([TOP])
    said = read_standing(files, tag)[0]
    assert said.avoid
    assert len(said.sources) >= 9
    assert list(avoided(files, tag)) == []


@pytest.mark.parametrize(
    ("tag", "text", "told"),
    [
        ("es", "No al Trabajo\nde menores", "says “trabajo\nde menores”, which is called “trabajo"),
        ("ar", "مكافحة وعمالة الأطفال", "says “عمالة الأطفال”, which is called “عمل الأطفال” here"),
        ("zh", "关于儿童劳工的问题", "says “儿童劳工”, which is called “童工” here"),
        ("fr", "le travail infantile recule", "called “travail des enfants” here"),
        ("fr-CA", "le travail infantile recule", "called “travail des enfants” here"),
    ],
)
def test_a_text_that_calls_something_otherwise_is_named_with_its_place(own, tag, text, told):
    file = own / "content" / tag / "bees" / "day.j2"
    file.parent.mkdir(parents=True)
    file.write_text(f"{{% block post %}}{text}{{% endblock %}}", "utf-8")
    words = file.with_name("words.toml")
    words.write_text(f'[forms]\nlist = ["x", """{text}"""]\n', "utf-8")
    files = read_files([own, TOP])
    first, second = avoided(files, tag)
    assert (first.file, first.key) == (f"content/{tag}/bees/day.j2", "post")
    assert (second.file, second.key) == (f"content/{tag}/bees/words.toml", "forms.list")
    assert told in first.message
    [(subject, sentence)] = avoiding(files, {tag})
    assert subject == tag
    assert str(first) in sentence


def test_a_word_that_only_begins_so_is_another_one(own):
    file = own / "content" / "en" / "bees" / "day.j2"
    file.parent.mkdir(parents=True)
    file.write_text("{% block post %}child laborers, child labour{% endblock %}", "utf-8")
    assert list(avoided(read_files([own, TOP]), "en")) == []


def test_the_original_needs_neither_reader_nor_acceptance():
    original, other = Standing(language="en-GB"), Standing(language="fr")
    assert (original.is_read, original.is_accepted) == (True, True)
    assert (other.is_read, other.is_accepted) == (False, False)


def test_a_root_of_ones_own_says_who_read_it_and_the_rest_comes_from_the_shipped_file(own):
    written(own, "fr", 'reviewed_by = "Awa Ndiaye"\nreviewed_on = 2027-01-31\n')
    said, problems = read(own, "fr")
    assert (problems, said.reviewed_by, said.is_read) == ([], "Awa Ndiaye", True)
    assert said.terms["child labour"] == "travail des enfants"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('reviewed_by = "Awa"', "reviewed_on: is missing; write the day"),
        ("accepted_on = 2027-01-31", "accepted_by: is missing; write who did it"),
        ('reviewed = "Awa"', "there is no such key; did you mean"),
        ('reviewed_by = "Awa"\nreviewed_on = "2027"', "must be a day without quotes"),
        ('[terms]\n"child labour" = ""', "must not be empty"),
    ],
)
def test_what_is_wrong_in_it_is_told(own, text, message):
    written(own, "fr", text)
    [problem] = faults(read_files([own, TOP]))
    assert problem.file == "content/fr/language.toml"
    assert message in str(problem)


def test_check_tells_what_is_wrong_and_who_has_not_read(command, own):
    written(own, "fr", 'reviewed = "Awa"')
    code, out, err = command("check")
    assert (code, out.splitlines()[-1]) == (1, "1 problem.")
    said = next(line for line in err.splitlines() if "nobody who is named has read" in line)
    assert {"es", "fr"} <= set(said.partition(":")[0].split(", "))


def test_a_language_says_until_then_that_nobody_has_read_or_accepted_it(own):
    written(own, "de", 'reviewed_by = ""\n')
    told = list(read_told(own))
    accept, named = "until `drumbeat language accept TAG --by NAME`", "nobody who is named"
    assert any("de" in tags.split(", ") and accept in text for tags, text in told)
    assert any("de" in tags.split(", ") and named in text for tags, text in told)
    written(own, "de", 'reviewed_by = "Uwe"\nreviewed_on = 2027-01-31\n')
    assert not any("de" in tags and "named" in text for tags, text in read_told(own))


def read_told(own):
    return sentences(read_files([own, TOP]), {"en", "es", "fr", "de", "pt"})


def test_accepting_writes_who_and_when_and_leaves_the_rest_as_it_was(command, own):
    file = written(own, "fr", '# ours\nreviewed_by = ""\n\n[terms]\n"consent" = "consentement"\n')
    code, out, _ = command("language", "accept", "fr", "--by", "Ana “A.” Ruiz", "--yes")
    assert code == 0
    assert "people are still told so" in out
    table = tomllib.loads(file.read_text("utf-8"))
    assert (table["accepted_by"], table["terms"]) == ("Ana “A.” Ruiz", {"consent": "consentement"})
    code, _, err = command("language", "accept", "fr", "--by", "Awa")
    assert code == 2
    assert "by Ana “A.” Ruiz. Awa takes that place." in err
    assert read(own, "fr")[0].accepted_by == "Ana “A.” Ruiz", "said before it is done"
    _, out, _ = command("language", "accept", "fr", "--by", "Awa", "--yes")
    assert ", in the place of Ana “A.” Ruiz." in out
    assert file.read_text("utf-8").count("accepted_by") == 1
    assert read(own, "fr")[0].accepted_by == "Awa"
    listed = json.loads(command("language", "list", "--json")[1])
    assert [
        (each["language"], each["lacking"]) for each in listed if each["accepted_by"] == "Awa"
    ] == [("fr", 0)]
    assert "the original" in command("language", "list")[1]


@pytest.mark.parametrize(
    ("tag", "by", "message"),
    [
        ("en", "Awa", "nothing to accept"),
        ("xx1", "Awa", "is no language tag"),
        ("de", "Awa", "`drumbeat new language de` begins it"),
        ("fr", " ", "must be a name"),
        ("fr", "A\nB", "must be a name"),
    ],
)
def test_what_cant_be_accepted_is_refused(command, own, tag, by, message):
    code, _, err = command("language", "accept", tag, "--by", by)
    assert code != 0
    assert message in err
    assert not (own / "content" / tag).exists()


def test_a_language_that_lacks_texts_cant_be_accepted(command, own):
    (own / "content" / "de" / "chat").mkdir(parents=True)
    (own / "content" / "de" / "chat" / "words.toml").write_text('name = "Deutsch"\n', "utf-8")
    code, out, err = command("language", "accept", "de", "--by", "Uwe")
    assert code == 1
    assert "content/de/chat/start.j2" in out + err
    assert read(own, "de")[0].accepted_by == ""
