"""Alerts in the chat of staff: every kind there is, in every language, with what can be done about
it at once.
"""

import ast
import json
from dataclasses import replace

import house
import pytest
from member import NOW, Staff, labels
from tree import TOP, languages

from bot.config import Chat, Web
from bot.files.frozen import read_files
from bot.jobs.operations import needs, status
from bot.jobs.planning import plan
from bot.jobs.pledges import journeys
from bot.jobs.staff import staff
from bot.model import Audience, DeliveryKey, State
from bot.model.pledge import NewPledge, PledgeState
from bot.model.share import Candidate, ReviewState
from bot.render import Renderer
from bot.render.chat import ChatTexts
from bot.render.split import SPLIT
from bot.rules.alerts import KINDS, Alarm, OtherAlarm, read
from bot.rules.journey import Event
from bot.times import from_epoch

pytestmark = pytest.mark.slow

LANGUAGES = languages()
MOMENT = int(NOW.timestamp())

#: what the code gives with each kind; where it gives nothing, the alert has only its subject
DETAILS = {
    "amplification": [
        ("1", {"url": "https://m.example/1", "why": "failed", "words": "422 no"}),
        ("1", {"url": "https://m.example/1", "why": "ceiling", "channel": "x"}),
        ("1", {"url": "https://m.example/1", "why": "uncertain", "channel": "x"}),
    ],
    "amplify": [("telegram", {"words": "503 down"})],
    "approval": [("1-1-0", {})],
    "blind": [
        (
            "mastodon m.example",
            {"network": "mastodon", "place": "m.example", "since": MOMENT, "words": "503 down"},
        )
    ],
    "broadcast": [
        (
            "1-1",
            {
                "campaign": "trees",
                "action": "deed",
                "channel": "telegram",
                "messages": 90_000,
                "price": 9_000.0,
                "unit": "Stars",
                "usd": 126.9,
                "minutes_free": 50,
                "minutes_paid": 2,
            },
        )
    ],
    "gone": [("trees/talk/0", {"campaign": "trees", "title": "A talk", "people": 3})],
    "ceiling": [("1-1-0", {"ceiling": 12.5})],
    "chat": [("safeguarding", {}), ("conflict", {}), ("token", {})],
    "differs": [("1-1-0", {})],
    "digest": [
        (
            "2021-05-03",
            {
                "start": "2021-04-26",
                "end": "2021-05-02",
                "tags": [
                    {
                        "tag": "#Tag",
                        "network": "mastodon",
                        "uses": 12,
                        "own": 2,
                        "boosts": 3,
                        "share": 20,
                        "ratio": 1.5,
                        "seen": 90,
                        "lifts": [{"observance": "tree-day", "date": "2021-05-01", "ratio": 2.5}],
                    },
                    {
                        "tag": "#Tag",
                        "network": "x",
                        "uses": None,
                        "own": 0,
                        "boosts": None,
                        "share": None,
                        "ratio": None,
                        "seen": 0,
                        "lifts": [],
                    },
                ],
            },
        )
    ],
    "failed": [("1-1-0", {"words": "400 Bad Request"})],
    "letters": [("mail", {"words": "552 5.2.2 mailbox full"})],
    "clock": [
        ("system clock", {"shown": 1620086400, "counted": 1620000000}),
        ("system clock", {}),
    ],
    "pruning": [("deliveries", {"count": 12345, "days": 400, "begins": 1620086400})],
    "job": [
        ("plan", {"job": "plan", "words": "KeyError"}),
        ("the database", {"words": "disk is full"}),
    ],
    "journey": (
        [(f"pledge 1: {event.value.replace('_', ' ')}", {}) for event in Event]
        + [
            ("pledge 1: change contact", {"event": "left"}),
            ("pledge 1: unreachable", {"event": "unreachable"}),
        ]
    ),
    "lapsed": [("1-1-0", {})],
    "link": [
        ("trees/card", {"action": "deed", "day": "2021-05-01", "url": "https://example.org/card"}),
        ("trees/card", {"action": "deed", "day": "2021-05-01", "url": ""}),
    ],
    "missed": [("1-1-0", {})],
    "moved": [("telegram", {"target": "-100777"})],
    "rests": [("telegram", {"words": "502 Bad Gateway"})],
    "paused": [("telegram", {"words": "401 no", "failures": 8}), ("telegram", {"words": "401 no"})],
    "retract": [("1", {"url": "https://m.example/1", "words": "503 down"})],
    "asked": [("posts", {"count": 1}), ("posts", {"count": 3})],
    "review": [("amplification", {"count": 1}), ("amplification", {"count": 3})],
    "surge": [
        (
            "#Tag x 2021-05-01",
            {"tag": "#Tag", "network": "x", "day": "2021-05-01", "uses": 40, "usual": 3.5},
        )
    ],
    "text": [
        ("trees/deed", {"why": why, "words": "content/en/trees/deed.j2: broken"})
        for why in ("link", "fact", "text")
    ],
    "results": [("telegram", {"words": "403 no"})],
    "token": [("telegram", {"words": "401 no"})],
    "uncertain": [("telegram", {}), ("telegram", {"restored": True})],
    "unpaid": [
        (
            "1-1",
            {
                "campaign": "trees",
                "action": "deed",
                "channel": "telegram",
                "words": "400 balance too low",
            },
        )
    ],
    "words": [("1-1", {"campaign": "trees", "action": "deed", "channel": "telegram"})],
    "wave": [
        (
            "trees/deed 2021-05-01 telegram",
            {
                "campaign": "trees",
                "action": "deed",
                "day": "2021-05-01",
                "channel": "telegram",
                "messages": 90_000,
                "late": 1_200,
                "expires": MOMENT,
            },
        )
    ],
    "webhook": [("crm", {"words": "answers 500"})],
    "zone": [("Mars/Base", {})],
}


def read_anew(services):
    """The services with the files as they lie there now, the shipped ones below."""
    library = services.library
    library = replace(library, files=read_files((library.roots[0], TOP)))
    renderer = Renderer(library.files, library.campaigns)
    return replace(services, library=library, renderer=renderer)


@pytest.fixture
def services(tmp_path):
    deed = house.action("deed", post=True)  # on no named day, so that no sheet comes in between
    made = house.services(
        tmp_path,
        house.campaign(deed),
        channels=(house.channel("telegram", review=True), house.channel("x")),
    )
    services = read_anew(
        replace(made, settings=replace(made.settings, chat=Chat(staff=(7, 8)), zone="Europe/Paris"))
    )
    plan.run(services, NOW)
    yield services
    services.store.close()


POST = DeliveryKey(occurrence=1, channel=1, recipient=0)

EARLY = NOW.replace(hour=3)
"""Before the daily line."""


async def tell(services, now=EARLY):
    await staff.run(services, now)


async def both_told(services):
    """Two members of staff, who read English and French, each with the one notice they got."""
    one, other = Staff(services, "7"), Staff(services, "8", "fr")
    await tell(services)
    (mine,), (theirs,) = one.told(), other.told()
    return (one, mine), (other, theirs)


def pledge(services, organisation="Ngo"):
    services.store.people.add([house.person(5, audience=Audience.ORGANIZATION)])
    new = NewPledge(
        campaign="trees",
        audience=Audience.ORGANIZATION,
        stakeholder="ngo",
        organisation=organisation,
        country=None,
        language="en",
        answers={"name": "More trees"},
    )
    number = services.store.pledges.begin(new, "person 1", MOMENT)
    services.store.pledges.move(number, PledgeState.SUBMITTED, "person 1", MOMENT)
    return number


# no kind can be forgotten


def raised():
    """The names of the classes in bot.rules.alerts of which the code makes alarms, anywhere."""
    names = set()
    for path in (TOP / "bot").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id=name)):
                    names.add(name)
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="read")):
                    names.add(name)
    return names


def test_every_kind_of_alarm_is_raised_and_has_a_sentence_in_every_language():
    assert {cls.__name__ for cls in KINDS.values()} <= raised()
    assert set(KINDS.values()) == set(Alarm.__subclasses__()) - {OtherAlarm}
    assert set(KINDS) == set(DETAILS)
    texts = ChatTexts(read_files([TOP]))
    for language in LANGUAGES:
        blocks = {name for kind in KINDS for name in SPLIT.get(f"alerts.{kind}", (kind,))}
        assert set(texts.names(language, "alerts")) >= blocks, language
        assert texts.names(language, "alerts") == texts.names("en", "alerts")


def store(services, kind, subject, text, detail):
    """An open alert as it stands in a database, of whatever version."""
    services.store.database.execute(
        "INSERT INTO alert (at, kind, subject, text, detail) VALUES (:at, :kind, :subject, :text,"
        " :detail)",
        {
            "at": MOMENT,
            "kind": kind,
            "subject": subject,
            "text": text,
            "detail": json.dumps(detail),
        },
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", sorted(KINDS))
async def test_each_kind_is_said_in_the_readers_language_and_never_in_that_of_the_log(
    services, kind, language
):
    pledge(services)
    reader = Staff(services, language=language)
    for subject, detail in DETAILS[kind]:
        for given in (detail, {}):  # {}: as an older version left it
            store(services, kind, subject, "ENGLISH WORDS: `drumbeat something`", given)
            await tell(services)
            (found,) = reader.told()
            services.store.alerts.close(kind, subject, MOMENT)
            assert found.text.strip()
            raw = "ENGLISH WORDS" in found.text
            assert not (raw and given), (subject, found.text)
            assert "{{" not in found.text
            assert "None" not in found.text
            if given.get("words"):
                assert given["words"] in found.text.translate(dict.fromkeys((0x2068, 0x2069)))
            if language == "fr":
                assert not [mark for mark in (" ;", " !", " ?", "« ", " »") if mark in found.text]


async def test_a_kind_that_nobody_knows_comes_as_it_is(services):
    store(services, "meteor", "sky", "a meteor: look up", {})
    reader = Staff(services, language="fr")
    await tell(services)
    assert [one.text for one in reader.told()] == [
        "À regarder, s’il vous plaît\u00a0:\n\na meteor: look up"
    ]


async def test_what_an_alert_was_about_may_be_gone_by_the_time_it_is_told(services):
    for kind, subject in (
        ("approval", "99-1-0"),
        ("journey", "pledge 99: need help"),
        ("lapsed", "99-1-0"),
    ):
        services.store.alerts.open(read(kind, subject, f"{kind} of {subject}", {}), MOMENT)
    await tell(services)
    assert [one.text.splitlines()[-1] for one in Staff(services).told()] == [
        "approval of 99-1-0",
        "journey of pledge 99: need help",
        "lapsed of 99-1-0",
    ]


async def test_a_text_of_ones_own_that_is_broken_keeps_nobody_from_hearing(
    services, tmp_path, caplog
):
    own = tmp_path / "content" / "fr" / "chat"
    own.mkdir(parents=True)
    (own / "alerts.j2").write_text(
        "{% block paused %}{{ nothing_like_this }}{% endblock %}", "utf-8"
    )
    services = read_anew(services)
    services.store.alerts.open(
        read("paused", "x", "channel x is paused: 401", {"words": "401"}), MOMENT
    )
    await tell(services)
    (found,) = Staff(services, language="fr").told()
    assert found.text == "channel x is paused: 401"
    assert "nothing_like_this" in caplog.text


async def test_instants_are_said_by_the_operators_clock_and_titles_instead_of_ids(services):
    services.store.alerts.open(read("approval", "1-1-0", "post 1-1-0 waits", {}), MOMENT)
    await tell(services)
    (found,) = Staff(services, language="fr").told()
    assert found.text.startswith(
        "«\u202fT\u202f» sur telegram attend toujours d’être validé. Départ prévu\u00a0: samedi 1er"
        " mai 2021, 11:00 (Paris)"
    )
    assert labels(found) == ["Voir"]


# what can be done at once


async def test_a_paused_channel_goes_on_after_a_confirmation_and_only_once(services):
    services.store.channels.pause("x", "8 failures in a row, the last: 503", MOMENT)
    services.store.alerts.open(
        read("paused", "x", "channel x is paused", {"failures": 8, "words": "503"}), MOMENT
    )
    (one, mine), (other, theirs) = await both_told(services)
    assert "after 8 failures in a row" in mine.text
    assert "après 8 échecs de suite" in theirs.text
    asked = one.presses(mine, "Try again")[0]
    also = other.presses(theirs, "Réessayer")[0]
    assert services.store.channels.paused()
    assert "x goes on" in one.presses(asked, "Yes, try again")[0].text
    assert services.store.channels.paused() == []
    assert [a.kind for a in services.store.alerts.current()] == []
    (late,) = other.presses(also, "Oui, réessayer")
    assert (late.callback, late.text) == ("1", "C’est déjà relancé.")


async def test_a_post_that_its_network_refused_is_tried_again_by_a_button_and_only_once(services):
    services.store.outbox.change(POST, [State.AWAITING_APPROVAL, State.PLANNED], State.FAILED)
    services.store.alerts.open(
        read("failed", str(POST), "post 1-1-0 did not go out", {"words": "400: too large"}), MOMENT
    )
    (one, mine), (other, theirs) = await both_told(services)
    assert "“T” did not go out on telegram.\n\nThe network says: 400: too large" in mine.text
    assert "«\u202fT\u202f» n’est pas parti sur telegram." in theirs.text
    assert one.presses(mine, "Try again")[0].text == "It is tried again."
    assert services.store.listing.entry(POST).state is State.QUEUED
    assert services.store.alerts.current() == []
    (late,) = other.presses(theirs, "Réessayer")
    assert late.text == "C’est déjà décidé."


async def test_what_is_tried_again_on_a_dry_channel_is_said_to_leave_nowhere(services):
    services = replace(services, dry={"telegram": "channel telegram is dry: no token"})
    services.store.outbox.change(POST, [State.AWAITING_APPROVAL, State.PLANNED], State.FAILED)
    services.store.alerts.open(
        read("failed", str(POST), "post 1-1-0 did not go out", {"words": "400: too large"}), MOMENT
    )
    (one, mine), _ = await both_told(services)
    assert one.presses(mine, "Try again")[0].text == (
        "It can’t leave: telegram is dry until the operator sets it up."
    )


async def test_a_post_that_was_missed_is_sent_by_a_button_while_it_is_worth_it(services):
    services.store.outbox.change(POST, [State.AWAITING_APPROVAL, State.PLANNED], State.SKIPPED)
    services.store.alerts.open(read("missed", str(POST), "post 1-1-0 was skipped", {}), MOMENT)
    (one, mine), (other, theirs) = await both_told(services)
    assert "“T” did not go out on telegram: its turn came only after" in mine.text
    assert "«\u202fT\u202f» n’est pas parti sur telegram\u00a0: son tour" in theirs.text
    assert one.presses(mine, "Send it")[0].text == "It is tried again."
    assert services.store.listing.entry(POST).state is State.QUEUED
    assert services.store.alerts.current() == []
    (late,) = other.presses(theirs, "L’envoyer")
    assert late.text == "C’est déjà décidé."


async def test_a_refused_token_holds_all_channels_of_its_account_and_so_they_go_on_together(
    services,
):
    settings = replace(
        services.settings,
        channels={
            name: replace(one, account="ours") for name, one in services.settings.channels.items()
        },
    )
    services = replace(services, settings=settings)
    for name in ("telegram", "x"):
        services.store.channels.pause(name, "401", MOMENT)
    services.store.alerts.open(
        read("token", "ours", "refused", {"words": "401 Unauthorized"}), MOMENT
    )
    one = Staff(services)
    await tell(services)
    (told,) = one.told()
    asked = one.presses(told, "Try again")[0]
    assert "telegram, x goes on at once" in asked.text
    one.presses(asked, "Yes, try again")
    assert (services.store.channels.paused(), services.store.alerts.current()) == ([], [])


async def test_a_no_changes_nothing_and_keeps_what_was_awaited(services):
    services.store.channels.pause("x", "503", MOMENT)
    services.store.alerts.open(read("paused", "x", "paused", {}), MOMENT)
    one = Staff(services)
    await tell(services)
    (told,) = one.told()
    one.says("announce")
    asked = one.presses(told, "Try again")[0]
    one.presses(asked, "No")
    assert services.store.channels.paused()
    assert services.store.conversations.state(1, "7") is not None


@pytest.mark.parametrize("language", LANGUAGES)
async def test_who_needs_a_person_is_named_with_the_history_and_the_task_is_closed_here(
    services, language
):
    number = pledge(services)
    journeys.happened(services, number, Event.NEED_HELP, "person 1", NOW)
    one = Staff(services, language=language)
    await tell(services)
    (told,) = one.told()
    assert told.text.startswith(
        {
            "en": "Ngo, “More trees”, asks for help.",
            "fr": "Ngo, «\u202fMore trees\u202f», demande de l’aide.",
            "es": "Ngo, «More trees», pide ayuda.",
            "ru": "Ngo, «More trees», просит помощи.",
            "pt": "Ngo, “More trees”, pede ajuda.",
            "ar": "\u2068Ngo\u2069، «\u2068More trees\u2069»، يحتاجون إلى المساعدة.",
            "zh": "Ngo（“More trees”）请求帮助。",
        }[language]
    )
    assert {
        "en": "1 May 2021: asked for help",
        "fr": "1er mai 2021\u00a0: demande d’aide",
        "es": "1 de mayo de 2021: pidió ayuda",
        "ru": "1\u00a0мая 2021\u202fг.: просьба о помощи",
        "pt": "1º de maio de 2021: pediu ajuda",
        "ar": "1 مايو 2021: طلبوا المساعدة",
        "zh": "2021年5月1日：请求帮助",
    }[language] in told.text
    card, touch = labels(told)
    assert "More trees" in one.presses(told, card)[0].text
    thanks = one.presses(told, touch)[0]
    assert str(number) in thanks.text
    assert services.store.alerts.current() == []
    assert [(h.kind, h.by) for h in services.store.pledges.history(number)][-1] == (
        "attended",
        "staff 7",
    )
    (late,) = one.presses(told, touch)
    assert (late.callback, late.text != "") == ("1", True)


@pytest.mark.parametrize(
    ("label", "state"),
    [("Try again", ReviewState.APPROVED), ("Don’t amplify", ReviewState.REJECTED)],
)
async def test_what_could_not_be_passed_on_is_tried_again_or_left_by_whoever_presses_first(
    services, label, state
):
    found = Candidate(
        network="mastodon",
        uri="u",
        post="1",
        url="https://m.example/1",
        author="ngo",
        pledge=1,
        text="",
        media=False,
        posted=from_epoch(MOMENT),
        channel="x",
    )
    services.store.amplify.add([found], MOMENT)
    services.store.amplify.change(1, [ReviewState.WAITING], ReviewState.FAILED, "422 no")
    services.store.alerts.open(
        read(
            "amplification", "1", "failed", {"url": found.url, "why": "failed", "words": "422 no"}
        ),
        MOMENT,
    )
    one, other = Staff(services, "7"), Staff(services, "8")
    await tell(services)
    (mine,), (theirs,) = one.told(), other.told()
    assert labels(mine) == ["Try again", "Don’t amplify"]
    one.presses(mine, label)
    assert services.store.amplify.get(1).state is state
    assert services.store.alerts.current() == []
    for late in ("Try again", "Don’t amplify"):
        assert [said.text for said in other.presses(theirs, late)] == [
            "That has been decided already."
        ]
    assert services.store.amplify.get(1).state is state


# the daily line


async def test_the_daily_line_has_one_line_for_each_kind_of_need_and_what_to_do_here(services):
    pledge(services)
    services.store.inbox.ask(1, "1001", "en", "Why?", MOMENT)
    services.store.channels.pause("x", "503", MOMENT)
    for name in ("one", "two"):
        services.store.alerts.open(
            read("text", f"trees/{name}", "broken", {"why": "text", "words": "broken"}), MOMENT
        )
    services.store.alerts.open(read("digest", "2021-05-03", "only to be read", {}), MOMENT)
    services.store.alerts.open(read("journey", "pledge 1: need help", "help", {}), MOMENT)
    one = Staff(services, language="fr")
    await tell(services, NOW.replace(hour=8))
    (daily,) = [found for found in one.told() if found.text.startswith("À faire aujourd’hui")]
    lines = daily.text.splitlines()[1:]
    assert lines[0] == "• En pause\u00a0: x. Une fois la cause réparée, le bouton relance"
    assert (
        "• 1 promesse attend une décision ou une vérification, depuis le samedi 1er mai 2021, 11:30"
        " (Paris)\u00a0: /pledges" in lines
    )
    assert (
        "• 1 question sans réponse, depuis le samedi 1er mai 2021, 11:30 (Paris)\u00a0: /inbox"
        in lines
    )
    assert not any("à la main" in line for line in lines), (
        "what nobody has an account for is an offer"
    )
    assert (
        "• 1 publication à valider, pour le samedi 1er mai 2021, 11:00 (Paris)\u00a0: /queue"
        in lines
    )
    assert (
        "• Ne peut pas partir tant qu’un texte ou un lien n’est pas réparé par la personne qui"
        " exploite le robot\u00a0: one, two" in lines
    )
    assert "• À contacter\u00a0: Ngo" in lines
    assert not any("only to be read" in line or "drumbeat" in line for line in lines)
    assert labels(daily) == ["Ouvrir la file", "▶ x"]


async def test_every_need_is_said_in_every_language_without_a_word_of_the_command_line(services):
    kinds = [
        *KINDS,
        "late",
        "slot",
        "zone",
        "approval",
        "uncertain",
        "pledges",
        "questions",
        "suggestions",
        "letter",
        "returned",
        "packs",
        "review",
    ]
    listed = [
        {
            "kind": kind,
            "count": count,
            "first": MOMENT,
            "about": [{"subject": "trees/deed"}],
            "text": "ENGLISH",
        }
        for kind in kinds
        for count in (1, 2)
        if kind != "digest"
    ]
    listed.append(
        {
            "kind": "chat",
            "count": 1,
            "first": MOMENT,
            "about": [{"subject": "safeguarding"}],
            "text": "ENGLISH",
        }
    )
    for language in LANGUAGES:
        services.store.notices.put(
            ("7",), f"daily {language}", "staff.daily", {"needs": listed, "more": 0}, MOMENT
        )
        (found,) = Staff(services, language=language).told()
        lines = found.text.splitlines()[1:]
        assert len(lines) == len(listed), found.text
        assert "ENGLISH" not in found.text
        assert all(line.startswith("• ") and len(line) > 12 for line in lines)


async def test_status_names_the_same_needs_in_sentences(services):
    pledge(services)
    services.store.inbox.ask(1, "1001", "en", "Why?", MOMENT)
    said = status.run(
        services.settings, services.library, services.store, NOW, dry={}, runs=True
    ).needs_you
    assert (
        "1 pledge waits for a decision or for a check of who made it, since 2021-05-01 09:30 UTC:"
        " by `drumbeat pledges list`" in said
    )
    assert (
        "1 question waits for an answer, since 2021-05-01 09:30 UTC: by `drumbeat inbox list`"
        in said
    )
    assert not any("by hand" in line for line in said), (
        "what nobody has an account for is an offer, and no duty"
    )


def test_staff_are_sent_only_where_this_set_up_has_a_place_to_decide(services):
    pledge(services)
    paged = replace(
        services.settings, web=Web(public_url="https://pages.example", listen="127.0.0.1:0")
    )
    talking = replace(services.settings.channels["x"], network="telegram", nudges=True)
    both = replace(paged, channels={"x": talking})
    for settings, ways in (
        (services.settings, "by `drumbeat pledges list`"),
        (paged, "at the desk, or by `drumbeat pledges list`"),
        (both, "at the desk, by `drumbeat pledges list`, or by /pledges in the chat"),
    ):
        said = [need.text for need in needs.rows(settings, services.store, {}, NOW)]
        assert [text.rpartition(": ")[2] for text in said if "1 pledge waits" in text] == [ways]


async def test_what_a_paused_channel_leaves_is_a_need(services):
    channels = {
        **services.settings.channels,
        "x": replace(services.settings.channels["x"], network="x"),
    }
    services.store.channels.pause("x", "503", MOMENT)
    settings = replace(services.settings, channels=channels)
    said = status.run(
        settings, services.library, services.store, NOW.replace(hour=6), dry={}, runs=True
    ).needs_you
    found = [line for line in said if "by hand" in line]
    assert found == [
        "1 post is to be made by hand within two days, the first for 2021-05-01 09:00 UTC:"
        " `drumbeat packs`"
    ]
