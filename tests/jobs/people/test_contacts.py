"""`drumbeat contacts` and `drumbeat pledges`: CSV files from people, and everything that is wrong with
them at once.
"""

import json
from contextlib import closing
from datetime import UTC, datetime

import pytest

from bot.app import connections
from bot.cli.common import open_settings
from bot.model.person import Status
from bot.store import Store
from bot.store.db import Database

pytestmark = pytest.mark.slow  # whole commands, each over all that is shipped

CONFIG = """
active = ["endchildlabour2021"]
database = "drumbeat.db"
{web}
[channels.mail]
network = "apprise"
language = "en"
posts = false
nudges = true
"""
WEB = '[web]\npublic_url = "https://pages.example"\n'
WHY = ("--reason", "They asked")
HEAD = (
    "address,organisation,audience,group,language,country,zone,hour,consent_source,consent_date\n"
)


@pytest.fixture
def drumbeat(command, tmp_path):
    """Run a command on these settings; give exit code, stdout, stderr."""
    (tmp_path / "config.toml").write_text(CONFIG.format(web=WEB), "utf-8")
    return command


@pytest.fixture
def csv(tmp_path):
    def write(text, name="people.csv", encoding="utf-8"):
        (tmp_path / name).write_bytes(text.encode(encoding))
        return name

    return write


@pytest.fixture
def look(tmp_path):
    """Ask the database."""

    def ask(question):
        store = Store(tmp_path / "drumbeat.db")
        try:
            return question(store)
        finally:
            store.close()

    return ask


@pytest.mark.parametrize("group", ["contacts", "pledges"])
def test_a_file_that_is_not_there_makes_no_database(drumbeat, tmp_path, group):
    code, _, err = drumbeat(group, "import", "nothing.csv")
    assert code == 1
    assert "nothing.csv: (whole file): can't be read: No such file or directory" in err
    assert not list(tmp_path.glob("drumbeat.db*"))


def test_contacts_are_taken_with_their_consent_or_without(drumbeat, csv, look):
    file = csv(
        HEAD
        + "ana@acme.example,ACME,organization,company,es,CO,,08:30,form at the fair,2021-01-31\n"
        + '"bo@x.example","X, Ltd.",Organisation,,,NP,,,,\n'
        + "ministry@gov.example,Ministry,country,country,fr,,Europe/Paris,,,\n"
    )
    code, out, _ = drumbeat("contacts", "import", file)
    assert code == 0
    assert "3 new on mail, 0 there already." in out
    assert "2 get one request to confirm" in out
    ana, ministry, bo = look(lambda store: store.contacts.all())
    assert (ana.status, ana.zone, ana.minute, ana.language, ana.consent_date) == (
        Status.ACTIVE,
        "America/Bogota",
        510,
        "es",
        "2021-01-31",
    )
    assert (bo.status, bo.organisation, bo.zone, bo.minute) == (
        Status.UNCONFIRMED,
        "X, Ltd.",
        "Asia/Kathmandu",
        540,
    )
    assert (ministry.zone, ministry.language, ministry.stakeholder) == (
        "Europe/Paris",
        "fr",
        "country",
    )


def test_one_address_is_one_contact_however_it_is_spelled(drumbeat, csv, look):
    row = "{},ACME,organization,company,es,CO,,08:30,form at the fair,2021-01-31\n"
    for spelled in (
        "Ana.Lee@ACMÉ.example",
        "ana.lee@acmé.example",
        "ANA.LEE@ACME\u0301.example",
    ):
        code, out, err = drumbeat("contacts", "import", csv(HEAD + row.format(spelled)))
        assert code == 0, err
    [contact] = look(lambda store: store.contacts.all())
    assert contact.address == "Ana.Lee@acmé.example"
    code, out, err = drumbeat("contacts", "remove", "ANA.LEE@ACMÉ.example")
    assert code == 0, err
    out = drumbeat("contacts", "import", csv(HEAD + row.format("ana.lee@acmé.example")))[1]
    assert look(lambda store: store.contacts.all()) == [], out


def test_what_spreadsheets_write_is_read(drumbeat, csv, look):
    file = csv(
        "\ufeffOrganisation;Address;Audience\r\n  ACME ;ana@ACME.example;organization\r\n;;\r\n",
        encoding="utf-8",
    )
    assert drumbeat("contacts", "import", file)[0] == 0
    [contact] = look(lambda store: store.contacts.all())
    assert (contact.organisation, contact.address) == ("ACME", "ana@acme.example")


def test_every_problem_is_told_with_its_line_and_with_strict_nothing_is_taken(drumbeat, csv, look):
    file = csv(
        HEAD
        + "good@acme.example,ACME,organization,,,,,,,\n"
        + "no-address,ACME,organisations,,,,,,,\n"
        + "a@b.example,,organization,individual,xx-YY-z,QQ,Europe/Pariss,25:00,,\n"
        + "c@b.example,B,organization,,,US,,,a form,\n"
        + "d@b.example,B,organization,,,,,,a form,31.2.2021\n"
        + "e@b.example,B,organization,,,,,,a form,2999-01-01\n"
        + "GOOD@acme.example,ACME,organization,,,,,,,\n"
    )
    code, out, err = drumbeat("contacts", "import", "--strict", file)
    assert (code, out) == (1, "")
    lines = err.strip().splitlines()
    assert [line.split(": ", 2)[:2] for line in lines] == [
        ["people.csv", str(n)] for n in (3, 3, 4, 4, 4, 4, 4, 4, 5, 6, 7, 8)
    ]
    for line, words in [
        (3, "'no-address' is no e-mail address"),
        (3, "'organisations' is no audience; did you mean 'organization'?"),
        (4, "organisation: is empty"),
        (4, "group: 'individual' belongs to the audience individual"),
        (4, "language: 'xx-YY-z' is no language tag"),
        (4, "country: 'QQ' is no ISO 3166"),
        (4, "did you mean 'Europe/Paris'?"),
        (4, "hour: '25:00' is no time of day"),
        (5, "belong together"),
        (6, "'31.2.2021' is no day"),
        (7, "lies in the future"),
        (8, "stands in line 2 already"),
    ]:
        assert any(text.startswith(f"people.csv: {line}: ") and words in text for text in lines), (
            words
        )
    assert look(lambda store: store.contacts.all()) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        (
            "address,organisation\nx@y.example,Z\n",
            "people.csv: 1: the column audience must be there",
        ),
        ("adress,organisation,audience\n", "there is no column 'adress'; did you mean 'address'?"),
        ("address,address,organisation,audience\n", "stands there twice"),
        ("address,organisation,audience\n", "has no rows"),
        (
            "address,organisation,audience\na@b.example,A,organization,more\n",
            "people.csv: 2: has more cells",
        ),
        (
            'address,organisation,audience\na@b.example,"A,organization\n',
            "people.csv: 2: audience: is empty",
        ),
    ],
)
def test_files_that_are_no_table_are_refused(drumbeat, csv, text, words):
    code, _, err = drumbeat("contacts", "import", csv(text))
    assert code == 1
    assert words in err


def test_a_file_that_is_not_there_or_not_text(drumbeat, csv):
    assert (
        "nothing.csv: (whole file): can't be read"
        in drumbeat("contacts", "import", "nothing.csv")[2]
    )
    assert (
        "is not written in UTF-8"
        in drumbeat("contacts", "import", csv(HEAD + "ä", encoding="latin-1"))[2]
    )


def test_list_and_remove(drumbeat, csv, look):
    drumbeat("contacts", "import", csv(HEAD + "ana@acme.example,ACME,organization,,,,,,,\n"))
    [row] = json.loads(drumbeat("contacts", "list", "--json", *WHY)[1])
    assert (row["address"], row["status"], row["consent"]) == (
        "ana@acme.example",
        "unconfirmed",
        None,
    )
    assert "ana@acme.example" in drumbeat("contacts", "list", *WHY)[1]
    code, out, _ = drumbeat("contacts", "remove", "ANA@acme.example")
    assert (code, out) == (0, "The contact of ACME is forgotten.\n")
    code, _, err = drumbeat("contacts", "remove", "ana@acme.example")
    assert code == 2
    assert "no contact has this address" in err
    _, out, _ = drumbeat(
        "contacts", "import", csv(HEAD + "ana@acme.example,ACME,organization,,,,,,,\n")
    )
    assert "0 new on mail" in out
    assert "1 had unsubscribed" in out
    assert look(lambda store: store.contacts.all()) == []


def test_a_wrong_line_is_told_and_stops_no_other(drumbeat, csv, look):
    file = csv(
        HEAD
        + "good@acme.example,ACME,organization,,,,,,,\n"
        + "no-address,ACME,organization,,,,,,,\n"
        + "GOOD@acme.example,ACME,organization,,,,,,,\n"
        + "fine@acme.example,ACME,organization,,,,,,,\n"
    )
    code, out, err = drumbeat("contacts", "import", file)
    assert code == 1
    assert "2 new on mail" in out
    assert err.splitlines() == [
        "people.csv: 3: address: 'no-address' is no e-mail address",
        "people.csv: 4: address: stands in line 2 already; leave one out",
        "2 lines were not taken, all others were. Mend them and import the file again: who is there"
        " already stays.",
    ]
    there = look(lambda store: {contact.address for contact in store.contacts.all()})
    assert there == {"good@acme.example", "fine@acme.example"}


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_first_line_that_names_the_separator_is_read(drumbeat, csv, look, line_end):
    lines = ["sep=;", "address;organisation;audience", "ana@acme.example;A, B;organization"]
    code, _, err = drumbeat("contacts", "import", csv(line_end.join(lines)))
    assert code == 0, err
    assert [c.organisation for c in look(lambda store: store.contacts.all())] == ["A, B"]
    lines += ["bo@acme.example;B;nobody"]
    _, _, err = drumbeat("contacts", "import", csv(line_end.join(lines)))
    assert err.startswith("people.csv: 4: audience: 'nobody'"), "lines are counted as in the file"


ZONES = {
    "AR": "America/Argentina/Buenos_Aires", "BR": "America/Sao_Paulo", "CL": "America/Santiago",
    "CN": "Asia/Shanghai", "DE": "Europe/Berlin", "ES": "Europe/Madrid", "KZ": "Asia/Almaty",
    "MY": "Asia/Kuala_Lumpur", "NZ": "Pacific/Auckland", "PT": "Europe/Lisbon",
    "UA": "Europe/Kyiv", "US": "America/New_York",
}  # fmt: skip


def test_a_country_of_several_zones_means_the_one_where_most_people_live(drumbeat, csv, look):
    def zones():
        return look(lambda store: {c.country: c.zone for c in store.contacts.all()})

    rows = [f"a@{c.lower()}.example,{c},organization,,,{c},,,,\n" for c in ZONES]
    code, out, _ = drumbeat("contacts", "import", csv(HEAD + "".join(rows)))
    assert code == 0
    assert zones() == ZONES
    assert (
        "BR has several time zones: America/Sao_Paulo, where most people live, was taken for line"
        " 3. To change that, write the zone into the file and import it again." in out
    )
    row = "a@br.example,BR,organization,,,BR,{},{},,\n"
    out = drumbeat("contacts", "import", csv(HEAD + row.format("America/Manaus", "")))[1]
    assert "1 has another zone or hour now." in out
    assert zones() == ZONES | {"BR": "America/Manaus"}
    out = drumbeat("contacts", "import", csv(HEAD + row.format("", "10:30")))[1]
    assert "1 has another zone or hour now." in out
    assert zones() == ZONES | {"BR": "America/Manaus"}, "what a file doesn't say stays"
    assert "several time zones" not in out


CONSENT = "ana@acme.example,ACME,organization,,,,,,a form,{}\n"


def test_who_left_by_mistake_comes_back_with_a_consent_of_a_later_day_alone(
    drumbeat, csv, look, tmp_path
):
    today = datetime.now(UTC).date()
    assert drumbeat("contacts", "import", csv(HEAD + CONSENT.format("2021-01-31")))[0] == 0
    assert drumbeat("contacts", "remove", "ana@acme.example")[0] == 0
    for day in ("2021-01-31", today.isoformat()):
        out = drumbeat("contacts", "import", csv(HEAD + CONSENT.format(day)))[1]
        assert "1 had unsubscribed or was removed: nobody writes to them again, unless" in out
    with closing(Database(tmp_path / "drumbeat.db")) as database:
        database.execute("UPDATE tombstone SET at = at - 3 * 86400")
    code, out, _ = drumbeat("contacts", "import", csv(HEAD + CONSENT.format(today.isoformat())))
    assert code == 0
    assert "1 had left, and has agreed again since: they are back." in out
    [contact] = look(lambda store: store.contacts.all())
    assert (contact.status, contact.consent_date) == (Status.ACTIVE, today.isoformat())


def test_only_those_who_come_without_a_consent_are_said_to_be_asked(drumbeat, csv):
    known = "bo@acme.example,ACME,organization,,,,,,,\n"
    assert "1 gets one request to confirm" in drumbeat("contacts", "import", csv(HEAD + known))[1]
    out = drumbeat("contacts", "import", csv(HEAD + known + CONSENT.format("2021-01-31")))[1]
    assert "1 new on mail, 1 there already." in out
    assert "request to confirm" not in out


def test_a_consent_with_a_date_counts_for_somebody_who_had_not_confirmed(drumbeat, csv, look):
    row = "Ana@acme.example,ACME,organization,,,,,,,\n"
    assert drumbeat("contacts", "import", csv(HEAD + row))[0] == 0
    out = drumbeat("contacts", "import", csv(HEAD + CONSENT.format("2021-01-31")))[1]
    assert "have agreed by the consent recorded" in out
    [contact] = look(lambda store: store.contacts.all())
    assert (contact.status, contact.consent_source) == (Status.ACTIVE, "a form")


def test_no_channel_for_contacts_is_said(drumbeat, csv, tmp_path):
    (tmp_path / "config.toml").write_text(
        'active = []\n[channels.board]\nnetwork = "dry"\nlanguage = "en"\n', "utf-8"
    )
    code, _, err = drumbeat("contacts", "import", csv(HEAD + "a@b.example,A,organization,,,,,,,\n"))
    assert code == 2
    assert 'network = "apprise"' in err


def test_a_domain_beyond_ascii_is_taken_and_letters_before_the_at_sign_are_told(drumbeat, csv):
    people = "info@bücher.example,Bücher,organization,company,de,AT,,,,\n"
    code, out, err = drumbeat("contacts", "import", csv(HEAD + people))
    assert (code, "1 new on mail" in out) == (0, True), out + err
    people = "büro@campaign.example,Büro,organization,company,de,AT,,,,\n"
    code, _, err = drumbeat("contacts", "import", csv(HEAD + people))
    assert code == 1
    assert "'büro@campaign.example' has letters before the @ that few mail servers take" in err


def test_without_a_public_address_mail_stays_dry_and_says_why(drumbeat, csv, tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG.format(web=""), "utf-8")
    _, out, _ = drumbeat(
        "contacts", "import", csv(HEAD + "ana@acme.example,ACME,organization,,,,,,,\n")
    )
    assert "Nothing leaves on mail yet" in out
    settings = open_settings()
    dry = connections.dry_channels(
        settings, {"DRUMBEAT_MAIL_URL": "mailto://127.0.0.1?from=a@b.example"}
    )
    assert "no [web] public_url" in dry["mail"]
    assert connections.dry_channels(settings, {"DRUMBEAT_MAIL_URL": "slack://a/b/c"}) == {}
    assert "DRUMBEAT_MAIL_URL not set" in connections.dry_channels(settings, {})["mail"]
    (tmp_path / "config.toml").write_text(CONFIG.format(web=WEB), "utf-8")
    assert (
        connections.dry_channels(
            open_settings(), {"DRUMBEAT_MAIL_URL": "mailto://127.0.0.1?from=a@b.example"}
        )
        == {}
    )


@pytest.mark.parametrize(
    ("web", "words"),
    [
        ('[web]\nlisten = "127.0.0.1:8087"\n', "web.public_url: is missing; every [web] needs it"),
        ('[web]\npublic_url = "pages.example"\n', "must start with https://"),
        ('[web]\npublic_url = "https://pages.example"\nlisten = "here"\n', "is no host and port"),
        ('[web]\npublic_url = "https://pages.example"\nport = 1\n', "web.port: unknown key"),
    ],
)
def test_mistakes_under_web_are_told(drumbeat, tmp_path, web, words):
    (tmp_path / "config.toml").write_text(CONFIG.format(web=web), "utf-8")
    code, _, err = drumbeat("contacts", "list")
    assert code == 1
    assert words in err


# pledges

PLEDGES = "organisation,group,name,how,contribution,communicate,language,country,contact,handles,verified_by,verified_on\n"
ANSWERS = "Train 40 teachers,With courses,It helps,On our page"


def test_pledges_are_taken_as_submitted(drumbeat, csv, look):
    drumbeat("contacts", "import", csv(HEAD + "ana@acme.example,ACME,organization,,,,,,,\n"))
    file = csv(
        PLEDGES
        + f'ACME,company,{ANSWERS},es,CO,ana@acme.example,"X: @acme; facebook.com/acme.co",Anna of'
        " the office,2021-02-20\n",
        "pledges.csv",
    )
    code, out, _ = drumbeat("pledges", "import", file)
    assert (code, out) == (0, "1 new in endchildlabour2021: 1; 0 there already.\n")
    [pledge] = look(lambda store: store.pledges.all())
    assert (pledge.organisation, pledge.state.word, pledge.language, pledge.audience.word) == (
        "ACME",
        "submitted",
        "es",
        "organization",
    )
    assert pledge.answers == {
        "name": "Train 40 teachers",
        "how": "With courses",
        "contribution": "It helps",
        "communicate": "On our page",
    }
    assert [h.network for h in look(lambda store: store.pledges.handles(1))] == ["facebook", "x"]
    verified = look(lambda store: store.pledges.verification(1))
    assert (
        verified.method,
        verified.by,
        datetime.fromtimestamp(verified.at, UTC).date().isoformat(),
    ) == (
        "staff",
        "Anna of the office",
        "2021-02-20",
    )
    assert look(lambda store: store.editors.focal(1)) == 1
    assert (
        look(lambda store: store.database.value("SELECT pledge FROM person WHERE id = 1")) == 1
    ), "their nudges suppose a pledge"
    assert "0 new in endchildlabour2021; 1 there already." in drumbeat("pledges", "import", file)[1]


def test_every_problem_of_pledges_at_once(drumbeat, csv, look):
    long = "word " * 21
    file = csv(
        PLEDGES
        + f"ACME,company,{ANSWERS},,,,,,\n"
        + f"ACME,compny,{long},a,b,c,,,nobody@acme.example,@who,Anna,\n"
        + "B,company,,a,b,c,zz-zz,,,LinkedIn: b,,\n"
        + f"ACME,company,{ANSWERS},,,,,,\n"
    )
    code, out, err = drumbeat("pledges", "import", file)
    assert (code, out) == (1, "")
    for words in (
        "people.csv: 3: group: 'compny' is no stakeholder group; did you mean 'company'?",
        "people.csv: 3: name: has 21 words, and 20 are the most",
        "people.csv: 3: contact: 'nobody@acme.example' is no contact",
        "people.csv: 3: handles: '@who' is none",
        "people.csv: 3: verified_by and verified_on belong together",
        "people.csv: 4: name: is empty",
        "people.csv: 4: language:",
        "people.csv: 4: handles: 'b' is none; LinkedIn wants linkedin.com/company/name",
        "people.csv: 5: this pledge of ACME stands in line 2 already",
    ):
        assert words in err
    assert look(lambda store: store.pledges.all()) == []


def test_a_link_to_a_milestone_is_taken_as_people_type_links(drumbeat, csv):
    drumbeat("pledges", "import", csv(PLEDGES + f"ACME,company,{ANSWERS},,,,,,\n"))
    refused = drumbeat("pledges", "report", "1", "prompt-april", "--link", "see our page")
    assert "'see our page' is no link" in refused[2]
    drumbeat("pledges", "report", "1", "prompt-april", "--link", "instagram.com/p/1")
    assert "https://instagram.com/p/1" in drumbeat("pledges", "report", "1")[1]


def test_milestones_are_reported_by_hand_and_shown(drumbeat, csv, look):
    drumbeat("pledges", "import", csv(PLEDGES + f"ACME,company,{ANSWERS},,,,,,\n"))
    code, out, _ = drumbeat(
        "pledges", "report", "1", "prompt-march", "--link", "https://acme.example/film"
    )
    assert code == 0
    assert "prompt-march (2021-03-03) is reported" in out
    assert (
        drumbeat("pledges", "report", "1", "prompt-march")[1]
        .strip()
        .endswith("is reported already.")
    )
    again = drumbeat(
        "pledges", "report", "1", "prompt-march", "--link", "https://acme.example/film"
    )[1]
    assert "is reported already; the link is kept all the same." in again
    assert "did you mean 'prompt-march'?" in drumbeat("pledges", "report", "1", "promt-march")[2]
    assert "there is no pledge 9" in drumbeat("pledges", "report", "9")[2]
    whole = json.loads(drumbeat("pledges", "report", "1", "--json")[1])
    assert [(m["prompt"], m["link"]) for m in whole["milestones"]] == [
        ("prompt-march", "https://acme.example/film")
    ]
    shown = drumbeat("pledges", "report", "1")[1]
    for words in (
        "organisation: ACME",
        "how: With courses",
        "prompt-march",
        "https://acme.example/film",
        "submitted",
    ):
        assert words in shown
    [row] = json.loads(drumbeat("pledges", "list", "--json", "--state", "submitted")[1])
    assert (row["pledge"], row["state"], row["verified"], row["journey"]) == (
        1,
        "submitted",
        None,
        "active",
    )
    assert "no such pledges" in drumbeat("pledges", "list", "--state", "published")[1]
    assert look(lambda store: store.journeys.reports(1))[0].by.startswith("staff ")


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2021-01-31", "2021-01-31"),
        ("20210131", "2021-01-31"),
        ("2021-01-31 00:00:00", "2021-01-31"),
        ("2021-01-31T10:15:00Z", "2021-01-31"),
        ("31.01.2021", "2021-01-31"),
        ("31/01/2021 10:15", "2021-01-31"),
        ("03.04.2021", "2021-04-03"),
        ("31 January 2021", "2021-01-31"),
        ("03/04/2021", None),
        ("01/31/2021", "2021-01-31"),
        ("31 January", None),
        ("soon", None),
    ],
)
def test_a_day_of_consent_is_read_as_people_write_it_unless_it_could_be_two(
    drumbeat, csv, look, written, day
):
    code, _, err = drumbeat("contacts", "import", csv(HEAD + CONSENT.format(written)))
    contacts = look(lambda store: store.contacts.all())
    assert [contact.consent_date for contact in contacts] == ([day] if day else [])
    told = f"consent_date: '{written}' is no day, or could be two; write it like 2021-02-28"
    assert (code, told in err) == ((0, False) if day else (1, True))


def test_columns_that_are_none_of_ours_are_left_out_and_said(drumbeat, csv, look):
    file = csv(
        "Téléphone;address;organisation;audience;notes;;\r\n"
        "0123;ana@acme.example;ACME;organization;calls back;;;;\r\n"
    )
    code, out, err = drumbeat("contacts", "import", file)
    assert (code, err) == (0, "")
    assert "Not read, since nothing of ours has such a column: téléphone, notes." in out
    assert [c.organisation for c in look(lambda store: store.contacts.all())] == ["ACME"]


def test_what_stands_in_a_cell_without_a_column_is_never_lost_silently(drumbeat, csv, look):
    file = csv("address,audience,organisation,\nana@acme.example,organization,ACME, Inc.\n")
    code, _, err = drumbeat("contacts", "import", file)
    assert code == 1
    assert "people.csv: 2: has more cells than the first line" in err
    assert look(lambda store: store.contacts.all()) == []


@pytest.mark.parametrize(
    ("given", "country", "language"),
    [("fr", "FR", ""), ("France", "FR", ""), ("perú", "PE", "es"), ("États-Unis", "US", "fr")],
)
def test_a_country_is_named_by_its_code_or_in_the_words_of_the_line(
    drumbeat, csv, look, given, country, language
):
    row = f"a@x.example,X,organization,,{language},{given},,,,\n"
    code, _, err = drumbeat("contacts", "import", csv(HEAD + row))
    assert code == 0, err
    assert [c.country for c in look(lambda store: store.contacts.all())] == [country]


def test_two_addresses_in_a_cell_are_told(drumbeat, csv):
    row = '"a@x.example; b@x.example",X,organization,,,,,,,\n'
    code, _, err = drumbeat("contacts", "import", csv(HEAD + row))
    assert code == 1
    assert "holds more than one address; give each a line of its own" in err


def test_what_a_spreadsheet_calls_unicode_text_is_read_and_a_workbook_is_told(
    drumbeat, csv, look, tmp_path
):
    table = "address\torganisation\taudience\r\nana@acme.example\tAçaí\torganization\r\n"
    code, _, err = drumbeat("contacts", "import", csv(table, encoding="utf-16"))
    assert code == 0, err
    assert [c.organisation for c in look(lambda store: store.contacts.all())] == ["Açaí"]
    (tmp_path / "people.xlsx").write_bytes(b"PK\x03\x04" + bytes(100))
    code, _, err = drumbeat("contacts", "import", "people.xlsx")
    assert code == 1
    assert "is a workbook and no CSV; save the sheet as “CSV UTF-8”" in err


def test_whom_nothing_reached_is_listed_with_the_reason_and_written_to_again(
    drumbeat, csv, look, tmp_path
):
    rows = "ana@acme.example,ACME,organization,,,,,,a form,2021-01-31\nbo@x.example,X,organization,,,,,,,\n"
    assert drumbeat("contacts", "import", csv(HEAD + rows))[0] == 0
    code, out, _ = drumbeat("contacts", "unblock")
    assert (code, out) == (0, "Nobody is blocked: no address was refused.\n")
    with closing(Database(tmp_path / "drumbeat.db")) as database:
        database.execute("UPDATE person SET status = :blocked", {"blocked": int(Status.BLOCKED)})
    assert json.loads(drumbeat("contacts", "unblock", "--json")[1]) == [
        {"channel": "mail", "contacts": 2}
    ]
    assert "Who they are: drumbeat contacts unblock --reason" in drumbeat("contacts", "unblock")[1]
    listed = json.loads(drumbeat("contacts", "unblock", "--json", *WHY)[1])
    assert [(row["address"], row["said"]) for row in listed] == [
        ("ana@acme.example", ""),
        ("bo@x.example", ""),
    ]
    assert "drumbeat contacts unblock --all" in drumbeat("contacts", "unblock", *WHY)[1]
    code, _, err = drumbeat("contacts", "unblock", "ana@acme.exmple")
    assert code == 2
    assert "ana@acme.exmple is not blocked" in err
    assert "ana@acme.example" not in err, "nobody is shown for a guess"
    code, out, _ = drumbeat("contacts", "unblock", "ANA@acme.example")
    assert (code, out) == (0, "1 gets messages again.\n")
    assert drumbeat("contacts", "unblock", "--all")[1] == "1 gets messages again.\n"
    states = look(lambda store: [contact.status for contact in store.contacts.all()])
    assert states == [Status.ACTIVE, Status.UNCONFIRMED], "each is where they were"


def test_a_contact_who_asks_gets_all_that_is_stored_about_them(drumbeat, csv, look):
    rows = (
        "ana@acme.example,ACME,organization,company,es,CL,,08:30,form at the fair,2021-01-31\n"
        "bo@x.example,X,organization,,,,,,,\n"
    )
    assert drumbeat("contacts", "import", csv(HEAD + rows))[0] == 0
    look(lambda store: store.inbox.flag(1, "ana@acme.example", "CL", "es", "A child is hit", 5))
    code, out, err = drumbeat("contacts", "export", "ANA@acme.example", "--reason", " ")
    assert (code, out, "shown only where it is said why" in err) == (2, "", True)
    code, out, _ = drumbeat("contacts", "export", "ANA@acme.example", *WHY)
    known = json.loads(out)
    assert (known["child_in_danger"], "A child is hit" in out) == (1, False), "for others to read"
    assert code == 0
    assert known["address"] == "ana@acme.example"
    assert known["contact"] == {
        "organisation": "ACME",
        "group": "company",
        "consent_source": "form at the fair",
        "consent_date": "2021-01-31",
        "asked": None,
        "confirmed": None,
    }
    assert (known["country"], known["language"], known["hour"]) == ("CL", "es", "08:30")
    assert "bo@x.example" not in out
    code, _, err = drumbeat("contacts", "export", "nobody@acme.example", *WHY)
    assert (code, "no contact has this address" in err) == (2, True)


def test_who_contacts_are_is_said_for_a_reason_which_goes_with_them(drumbeat, csv):
    rows = "ana@acme.example,ACME,organization,,,,,,a form,2021-01-31\nbo@x.example,X,organization,,,,,,,\n"
    assert drumbeat("contacts", "import", csv(HEAD + rows))[0] == 0
    out = drumbeat("contacts", "list")[1]
    assert [line.split() for line in out.splitlines()[1:]] == [
        ["mail", "organization", "active", "1"],
        ["mail", "organization", "unconfirmed", "1"],
    ]
    assert drumbeat("contacts", "list", "--reason", " ")[0] == 2
    drumbeat("contacts", "list", "--reason", "A  letter came back")
    drumbeat("contacts", "export", "ana@acme.example", "--reason", "Ana asked by phone")

    def looks():
        lines = json.loads(drumbeat("audit", "--verb", "contact.", "--json")[1])
        return [(line["verb"], line["why"]) for line in lines]

    listed, imported = ("contact.listed", "A letter came back"), ("contact.imported", "")
    assert looks() == [("contact.shown", "Ana asked by phone"), listed, imported]
    assert "Ana asked" in drumbeat("audit")[1]
    assert "Ana asked" not in drumbeat("audit", "--csv", "-")[1], "it leaves for other machines"
    assert drumbeat("contacts", "remove", "ana@acme.example")[0] == 0
    assert looks()[1:] == [("contact.shown", ""), listed, imported]


def test_a_language_in_which_nothing_is_written_is_said_at_import(drumbeat, csv):
    rows = "".join(
        f"{name}@x.example,{name},organization,,{tag},,,,,\n"
        for name, tag in (("ana", "pl"), ("bo", "fr-CA"), ("cem", "pl"), ("di", ""))
    )
    code, out, _ = drumbeat("contacts", "import", csv(HEAD + rows))
    assert code == 0
    assert (
        "Nothing is written in pl yet, so lines 2, 4 will be written to in the campaign's own"
        " language. `drumbeat new language pl` begins one." in out
    )
    assert out.count("Nothing is written in") == 1
