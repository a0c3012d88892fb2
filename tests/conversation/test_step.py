"""Conversations as pure values: any event at any state gives a state and effects that can be shown,
and nothing is lost or leaked.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType, SimpleNamespace

import pytest
from fakes.telegram import check_keyboard, units
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tree import TOP, languages

from bot import conversation
from bot.conversation.actions.effects import Postpone, Tick
from bot.conversation.actions.look import Item, Progress, Recipient, Shown, Written
from bot.conversation.people.effects import Change, Flag, Forget, Move, Subscribe
from bot.conversation.staff.common import by_how_much
from bot.conversation.topic import Offer
from bot.conversation.words import (
    IDLE,
    Answer,
    Blocked,
    Command,
    Document,
    Effect,
    Media,
    Migrated,
    Offered,
    Picture,
    Pressed,
    Say,
    State,
    Text,
    bind,
    line,
    unbind,
)
from bot.files.frozen import read_files
from bot.jobs.texts.keys import button
from bot.library.shared import read_shared
from bot.model import Audience
from bot.model import State as DeliveryState
from bot.model.channel import Excess
from bot.model.outbox import Delivered
from bot.model.person import Status, Subscriber
from bot.model.shared import ChildHelpline, ShareTarget
from bot.networks.telegram.client import markup
from bot.render.chat import ChatTexts
from bot.rules.reading.places import Place

NOW = datetime(2021, 12, 10, 10, tzinfo=UTC)
TEXTS = ChatTexts(read_files([TOP]))
FACTS = {
    "age": 16,
    "controller": "The office",
    "contact": "office@example.org",
    "retention": 365,
    "notice": "",
    "title": "Trees",
    "about": "We plant trees.",
    "channel": "https://t.me/trees",
    "minute": 540,
    "place": "Paris",
}


def item(
    number: int, *, day: date | None = None, done: bool = False, prescribed: bool = False
) -> Item:
    return Item(
        ref=f"0000000{number}-202100",
        campaign="trees",
        action=f"deed-{number}",
        slot=202100,
        day=day,
        title=f"Deed {number}",
        done=done,
        skipped=False,
        prescribed=prescribed,
        shares=True,
        letter=number % 2 == 1,
    )


PERSON = Subscriber(
    id=1,
    address="1",
    language="en",
    country="FR",
    zone="Europe/Paris",
    minute=540,
    audience=Audience.INDIVIDUAL,
    named_only=False,
    pledge=False,
    status=Status.ACTIVE,
    joined=0,
    profile={},
)
ITEMS = tuple(
    item(n, day=date(2021, n + 6, 10), done=n == 1, prescribed=n == 2) for n in range(1, 7)
)


@dataclass(frozen=True, kw_only=True)
class Fake:
    """A view made of plain values."""

    person: Subscriber | None = PERSON
    private: bool = True
    is_staff: bool = False
    now: datetime = NOW
    language: str = "en"
    languages: dict[str, str] = field(default_factory=lambda: {"en": "English", "fr": "Français"})
    start_link: str | None = "https://t.me/bot?start=i"
    number: str = "7"
    danger_link: str | None = "https://t.me/bot?start=danger"
    items: tuple[Item, ...] = ITEMS
    sent: Delivered | None = None
    word: str = "share this"
    untold: bool = False

    def may(self, role):
        return self.is_staff

    @property
    def people(self):
        return self

    @property
    def actions(self):
        return self

    @property
    def admin(self):
        return self.private

    @property
    def today(self):
        return self.now.date()

    @property
    def facts(self):
        return FACTS

    def facts_in(self, language):
        return FACTS

    def written_otherwise(self, language):
        return {}

    @property
    def commands(self):
        return tuple(
            {"name": o.name, "what": "…"} for o in conversation.OFFERS.values() if o.listed
        )

    @property
    def open_items(self):
        return tuple(i for i in self.items if i.day == self.today)

    @property
    def quick(self):
        return (item(9),)

    @property
    def progress(self):
        return Progress(done=1, counted=frozenset(i.ref for i in self.items), next=None)

    offered: tuple[Offered, ...] = ()
    phrases = TEXTS.phrases("en")
    pledges = SimpleNamespace(mine=())
    groups = MappingProxyType({"company": "Company"})
    hours = tuple(range(8, 21))
    safeguarding = ("Ana", 30)
    helplines = (
        ChildHelpline(
            country="FR",
            name="Line",
            number="119",
            page="https://example.org",
            read=date(2026, 11, 22),
            dated=None,
        ),
    )
    carry_on = MappingProxyType(
        {"title": "Carry on", "intro": "…", "action": "Which?", "develop": "More?"}
    )
    targets = (
        ShareTarget(
            id="x",
            name="X",
            url="https://x.com/intent/post?text={text}",
            counter="weighted",
            length=280,
            takes="text",
            checked=date(2026, 11, 22),
        ),
        ShareTarget(
            id="m",
            name="Mastodon",
            url="https://{server}/share?text={text}",
            counter=None,
            length=None,
            takes="server",
            checked=date(2026, 11, 22),
        ),
        ShareTarget(
            id="f",
            name="Facebook",
            url="https://f.example/?u={url}",
            counter=None,
            length=None,
            takes="url",
            checked=date(2026, 11, 22),
        ),
    )

    def carried(self, one, develop):
        return "carrying-on.md", f"{one.title}: {develop}"

    def item(self, ref):
        return next((i for i in (*self.items, *self.quick) if i.ref == ref), None)

    def nudge(self, one):
        return "Do it."

    def share(self, one, *, translated, wording=0):
        return self.word

    def wordings(self, one, *, translated):
        return 2

    def page(self, one):
        return None

    def card(self, one):
        return Shown(data=b"a picture", alt="What it shows") if one in self.items else None

    def recipients(self, one):
        page, day = "https://parliament.example/who", date(2026, 11, 22)
        known = Recipient(name="The committee", email="c@parliament.example", page=page, read=day)
        return (known,) if one.letter else ()

    def letter(self, one, said):
        return Written(subject="A question", text="\n".join(said.values())) if one.letter else None

    def delivered(self, one):
        return self.sent

    def awake(self, due):
        return due

    def later(self, hour, days):
        return int((self.now.replace(hour=hour, minute=0) + timedelta(days=days)).timestamp())

    def places(self, text, *, slips=True):
        return (
            (Place(zone="Europe/Paris", country="FR", name="Paris"),)
            if text.strip() == "Paris"
            else ()
        )

    def place(self, zone, country, city):
        if zone != "Europe/Paris":
            raise KeyError(zone)
        return Place(zone=zone, country=country, name=city or "France", city=city)

    def day(self, text, *, alone=False):
        return date(2021, 12, 24) if text.strip() == "24 December" else None

    @property
    def stored(self):
        return self.person is not None or self.untold

    def export(self):
        return "{}"


def shown(effects, language="en"):
    """Everything that is said can be rendered in every language, and every button can be sent."""
    for effect in effects:
        match effect:
            case Say():
                file, _, whole = effect.template.partition(".")
                assert not effect.parts or whole not in TEXTS.names("en", file)
                for tag in languages():
                    text = TEXTS.text(
                        effect.template, tag, effect.values, getattr(effect, "parts", ())
                    )
                    assert text.strip()
                    for choice in (c for row in effect.buttons for c in row):
                        sent = button(choice, TEXTS, tag, "-1001234567890")
                        assert sent.label.strip()
                        assert (sent.data is None) + (sent.url is None) + (sent.copy is None) == 2
            case Answer() | Document() | Picture():
                assert all(
                    len(
                        TEXTS.text(
                            effect.template, tag, effect.values, getattr(effect, "parts", ())
                        )
                    )
                    <= 200
                    for tag in languages()
                )
            case _:
                assert isinstance(effect, Effect)


#: topics of individuals; pledge-makers' and staff's are played in test_chat_anything, with a real
#: store behind them
TOPICS = {
    name: conversation.TOPICS[name]
    for name in (
        "ask",
        "away",
        "carry",
        "help",
        "rights",
        "safety",
        "settings",
        "share",
        "start",
        "today",
    )
}
OFFERS = sorted(offer.name for topic in TOPICS.values() for offer in topic.commands)
PRESSES = sorted((name, act) for name, topic in TOPICS.items() for act in topic.presses)
ARGS = st.sampled_from(
    [
        "",
        "i",
        "o",
        "en",
        "fr",
        "xx",
        "company",
        "Europe/Paris",
        "FR",
        "9",
        "99",
        "named",
        "all",
        "t",
        "in_an_hour",
        "202112",
        "-1",
    ]
)
REFS = st.sampled_from([i.ref for i in ITEMS] + ["0-0", "zz"])
WORDS = st.one_of(
    st.text(max_size=80),
    st.sampled_from(
        [
            "Paris",
            "mastodon.social",
            "",
            " ",
            "<b>&",
            "x" * 4096,
            "🎉" * 2048,
            "/start",
            "مرحبا",
            "{{ x }}",
        ]
    ),
)
EVENTS = st.one_of(
    st.builds(Command, name=st.sampled_from([*OFFERS, "nonsense", ""]), argument=WORDS),
    st.builds(Text, text=WORDS),
    st.builds(
        lambda key, ref, args: Pressed(topic=key[0], act=key[1], args=(*ref, *args)),
        st.sampled_from([*PRESSES, ("no", "such")]),
        st.lists(REFS, max_size=1),
        st.lists(ARGS, max_size=3),
    ),
    st.builds(Media, kind=st.sampled_from(["photo", "voice"])),
    st.just(Blocked()),
    st.builds(Migrated, address=st.just("-100")),
)


class Talk(RuleBasedStateMachine):
    """A person who does anything at any moment.

    Effects change what the next view shows, as the chat would.
    """

    def __init__(self):
        super().__init__()
        self.state = IDLE
        self.person: Subscriber | None = None
        self.flagged = False
        self.effects = ()

    @rule(
        event=EVENTS,
        private=st.booleans(),
        staff=st.booleans(),
        waits=st.one_of(st.none(), st.booleans()),
        word=st.sampled_from(["short", "long " * 80]),
    )
    def happens(self, event, private, staff, waits, word):
        sent = (
            None
            if waits is None
            else Delivered(
                occurrence=1,
                expires=int(NOW.timestamp()) + 7200,
                state=DeliveryState.QUEUED if waits else DeliveryState.SENT,
            )
        )
        view = Fake(
            person=self.person,
            private=private,
            is_staff=staff,
            sent=sent,
            word=word,
            untold=self.flagged,
        )
        self.state, self.effects = conversation.step(self.state, event, view)
        shown(self.effects)
        if private and isinstance(event, Command | Text | Media):
            assert any(isinstance(e, Say | Document | Picture) for e in self.effects), (
                "never silence"
            )
        if isinstance(event, Pressed):
            assert any(isinstance(e, Say | Answer | Document) for e in self.effects)
        for effect in self.effects:
            self.perform(effect)

    def perform(self, effect):
        match effect:
            case Subscribe():
                assert self.person is None or self.person.status not in (
                    Status.ACTIVE,
                    Status.PAUSED,
                )
                self.person = replace(PERSON, language=effect.language, audience=effect.audience)
            case Forget():
                assert self.person is not None or self.flagged, "there is something to delete"
                self.person, self.flagged = None, False
            case Change(field="status"):
                assert self.person is not None
                assert self.person.status is not Status.STOPPED, (
                    "who has stopped agrees again by /start"
                )
                self.person = replace(self.person, status=effect.value)
            case Change(field="minute"):
                assert effect.value // 60 in Fake.hours
            case Change():
                assert self.person is not None, "nothing of a stranger changes"
            case Postpone():
                assert NOW.timestamp() < effect.due < NOW.timestamp() + 7200, "never past the grace"
            case Tick():
                assert self.person is not None
            case Flag():
                assert effect.text.strip()
                self.flagged = True
            case Move():
                assert effect.address == "-100"

    @invariant()
    def the_state_can_be_stored(self):
        assert State.loads(self.state.dumps()) == self.state

    @invariant()
    def before_consent_only_a_message_about_a_child_is_awaited_or_its_end(self):
        if self.person is None and self.state != IDLE:
            assert self.state.topic == "safety" or (self.flagged and self.state.topic == "rights")


TestTalk = pytest.mark.slow(Talk.TestCase)
TestTalk.settings = settings(
    max_examples=60,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@pytest.mark.parametrize(("items", "effect"), [(ITEMS, Picture), ((), Say)], ids=["a card", "none"])
def test_the_card_of_what_is_to_do_comes_as_a_picture_or_it_is_said_that_there_is_none(
    items, effect
):
    _, effects = conversation.step(IDLE, Command(name="card"), Fake(items=items))
    assert [type(one) for one in effects] == [effect]
    shown(effects)


@given(st.text(max_size=64), st.integers(-(10**13), 10**13), st.integers(-(10**13), 10**13))
@settings(max_examples=200, deadline=None)
def test_a_button_answers_for_its_own_address_only(data, mine, other):
    assert unbind(bind(f"today:done:{data}".replace("~", ""), str(mine)), str(mine)) is not None
    if mine != other:
        assert unbind(bind("today:done:1-2", str(mine)), str(other)) is None


@given(st.integers(-(10**13), 10**13))
@settings(max_examples=200, deadline=None)
def test_buttons_of_before_are_bound_as_those_of_today(address):
    short = bind("", str(address)).removeprefix("~")
    assert int(short, 36) == address
    assert short == "0" or short.removeprefix("-")[0] != "0"


@given(st.text(max_size=200))
def test_any_text_is_a_state_or_none(text):
    assert State.loads(text) == IDLE


def test_old_buttons_get_a_friendly_word():
    for pressed in (
        Pressed(topic="gone", act="x"),
        Pressed(topic="today", act="gone"),
        Pressed(topic="today", act="done", args=("00-1",)),
    ):
        state, effects = conversation.step(IDLE, pressed, Fake())
        assert (state, effects) == (IDLE, (Answer(template="help.stale"),))


def test_yes_to_forget_needs_the_question():
    state, effects = conversation.step(IDLE, Pressed(topic="rights", act="yes"), Fake())
    assert effects == (Answer(template="help.stale"),)
    state, _ = conversation.step(IDLE, Command(name="forget"), Fake())
    _, effects = conversation.step(state, Pressed(topic="rights", act="yes"), Fake())
    assert any(isinstance(e, Forget) for e in effects)


def test_pausing_does_not_undo_a_stop():
    stopped = Fake(person=replace(PERSON, status=Status.STOPPED))
    for event in (
        Command(name="pause"),
        Command(name="resume"),
        Pressed(topic="settings", act="pause"),
        Pressed(topic="settings", act="resume"),
    ):
        assert conversation.step(IDLE, event, stopped)[1] == (Say(template="settings.start_again"),)


@pytest.mark.parametrize(
    ("status", "marks"),
    [
        (Status.ACTIVE, True),
        (Status.SILENT, True),
        (Status.PAUSED, False),
        (Status.STOPPED, False),
        (Status.BLOCKED, True),
    ],
)
def test_a_block_leaves_who_gets_nothing_as_they_were(status, marks):
    _, effects = conversation.step(IDLE, Blocked(), Fake(person=replace(PERSON, status=status)))
    assert effects == ((Change(field="status", value=Status.BLOCKED),) if marks else ())


@pytest.mark.parametrize(
    ("topic", "act", "args"),
    [
        ("start", "yes", ("en", "i")),
        ("start", "lang", ("en", "i")),
        ("ask", "open", ()),
        ("today", "join", ()),
    ],
)
def test_by_a_button_nobody_agrees_in_the_name_of_a_group(topic, act, args):
    stranger = Fake(person=None, private=False)
    _, effects = conversation.step(IDLE, Pressed(topic=topic, act=act, args=args), stranger)
    assert [e.template for e in effects] == ["help.in_private"]


def test_an_argument_that_no_button_has_ever_had_is_an_old_one():
    for args in (("x",), ("",), ()):
        assert conversation.step(IDLE, Pressed(topic="settings", act="iam", args=args), Fake())[
            1
        ] == (Answer(template="help.stale"),)


def test_staff_commands_look_unknown_to_others(monkeypatch):
    offer = Offer(
        name="secret", handler=lambda s, e, v: (s, (Say(template="help.help"),)), staff=True
    )
    monkeypatch.setattr(conversation, "OFFERS", {"secret": offer})
    unknown = conversation.step(IDLE, Command(name="nonsense"), Fake())
    assert conversation.step(IDLE, Command(name="secret"), Fake()) == unknown
    assert conversation.step(IDLE, Command(name="secret"), Fake(is_staff=True)) != unknown


def test_who_leaves_a_form_is_told_that_it_is_kept_unless_all_shall_go():
    form = State(topic="scale_up", step="answer", data={"pledge": 1})
    _, left = conversation.step(form, Command(name="ask"), Fake())
    assert [one.template for one in left] == ["ask.ask", "help.left_form"]
    _, forgetting = conversation.step(form, Command(name="forget"), Fake())
    assert [one.template for one in forgetting] == ["rights.forget"]


def test_what_is_written_about_a_child_is_never_an_answer_in_the_form_that_was_open():
    form = State(topic="scale_up", step="answer", data={"pledge": 1})
    after, said = conversation.step(form, Pressed(topic="safety", act="open"), Fake())
    assert [each.template for each in said] == ["safety.danger", "help.left_form"]
    _, effects = conversation.step(after, Text(text="He is nine."), Fake())
    assert effects[0] == Flag(text="He is nine.")


def test_what_is_written_about_a_child_is_no_button_of_a_message_that_came_meanwhile():
    offered = (
        Offered(names=("Need help",), pressed=Pressed(topic="journey_still", act="need_help")),
        Offered(names=("Cancel",), pressed=Pressed(topic="help", act="cancel")),
    )
    asked = State(topic="safety", step="text", data={"at": int(NOW.timestamp())})
    view = Fake(offered=offered)
    _, effects = conversation.step(asked, Text(text="need help"), view)
    assert effects[0] == Flag(text="need help")
    assert conversation.step(asked, Text(text="cancel"), view)[0] == IDLE


def test_in_a_group_nobody_writes_of_a_child_where_everybody_reads():
    """It leads into a private chat, where help comes before anything else is asked."""
    group = Fake(private=False)
    _, (said,) = conversation.step(IDLE, Command(name="danger"), group)
    assert [(c.label, c.url) for row in said.buttons for c in row] == [
        ("private", "https://t.me/bot?start=danger"),
        ("number_sources", None),
    ]
    assert conversation.step(IDLE, Pressed(topic="safety", act="write"), group) == (
        IDLE,
        (Answer(template="help.in_private"),),
    )
    private = Fake()
    _, (said,) = conversation.step(IDLE, Command(name="start", argument="danger"), private)
    assert said.template == "safety.danger"
    state, _ = conversation.step(IDLE, Pressed(topic="safety", act="write"), private)
    assert (state.topic, state.step) == ("safety", "text")


@pytest.mark.parametrize(
    ("argument", "audience", "referrer"),
    [
        ("", Audience.INDIVIDUAL, ""),
        ("a-organization", Audience.ORGANIZATION, ""),
        ("a-country_r-unicef", Audience.COUNTRY, "r-unicef"),
        ("p-17", Audience.INDIVIDUAL, "p-17"),
        ("a-nobody_r-", Audience.INDIVIDUAL, ""),
        ("r-" + "x" * 62, Audience.INDIVIDUAL, ""),
        ("r-<b>", Audience.INDIVIDUAL, ""),
    ],
)
def test_a_deep_link_goes_with_the_two_taps(argument, audience, referrer):
    stranger = Fake(person=None)
    state, (welcome,) = conversation.step(IDLE, Command(name="start", argument=argument), stranger)
    first = unbind(bind(welcome.buttons[0][0].press, "7"), "7")
    state, (consent,) = conversation.step(state, first, stranger)
    second = unbind(bind(consent.buttons[0][0].press, "7"), "7")
    _, effects = conversation.step(state, second, stranger)
    assert effects[0] == Subscribe(language="en", audience=audience, referrer=referrer)


def test_later_offers_only_what_lies_within_the_grace():
    sent = Delivered(occurrence=1, expires=int(NOW.timestamp()) + 5000, state=DeliveryState.SENT)
    _, (say,) = conversation.step(
        IDLE, Pressed(topic="today", act="later", args=(ITEMS[5].ref,)), Fake(sent=sent)
    )
    assert [c.label for row in say.buttons for c in row] == ["in_an_hour"]
    late = replace(sent, expires=int(NOW.timestamp()) + 10)
    _, (say,) = conversation.step(
        IDLE, Pressed(topic="today", act="later", args=(ITEMS[5].ref,)), Fake(sent=late)
    )
    assert say.template == "today.no_later"


def test_a_text_too_long_to_be_copied_comes_in_a_block():
    _, (say,) = conversation.step(
        IDLE, Pressed(topic="share", act="tell", args=(ITEMS[0].ref, "o")), Fake(word="long " * 60)
    )
    assert say.code == "long " * 60
    assert [c.label for row in say.buttons for c in row if c.copy] == []
    assert "X" not in [c.label for row in say.buttons for c in row], (
        "280 weighted characters are the most"
    )


@pytest.mark.parametrize(
    "word", ["م" * 330, "🎉" * 140, "é" * 600, "x" * 3000, "漢" * 200, "🎉" * 128, "🎉" * 129]
)
def test_buttons_of_any_text_to_share_are_taken(word, monkeypatch):
    """Telegram takes 10 kB of buttons, and letters that are no ASCII grow sixfold in an address."""
    shipped = read_shared(read_files([TOP]))[0].targets
    monkeypatch.setattr(Fake, "targets", shipped)
    person = replace(PERSON, profile={"mastodon": "mastodon.social"})
    _, (say,) = conversation.step(
        IDLE,
        Pressed(topic="share", act="tell", args=(ITEMS[0].ref, "o")),
        Fake(word=word, person=person),
    )
    keys = markup(
        tuple(tuple(button(c, TEXTS, "en", "-1001234567890") for c in row) for row in say.buttons)
    )
    check_keyboard(keys.to_json() if keys else "")
    assert (say.code is None) == (units(word) <= 256)


@pytest.mark.parametrize("language", languages()[1:])
def test_every_language_has_every_text_and_every_word(language):
    for file in sorted((TOP / "content/en/chat").glob("*.j2")):
        assert TEXTS.names(language, file.stem) == TEXTS.names("en", file.stem), file.stem
    for table in ("buttons", "commands"):
        assert list(TEXTS.own_words(language)[table]) == list(TEXTS.own_words("en")[table])


def test_shipped_share_targets_and_helplines_say_where_they_were_read():
    shared, problems = read_shared(read_files([TOP]))
    assert not problems
    assert {t.id for t in shared.targets} >= {
        "x",
        "bluesky",
        "threads",
        "mastodon",
        "whatsapp",
        "telegram",
        "facebook",
        "linkedin",
    }
    assert all(t.checked == date(2026, 11, 1) for t in shared.targets)
    assert all(h.page.startswith("http") and h.number.strip() and h.read for h in shared.helplines)
    assert len({h.country for h in shared.helplines}) == len(shared.helplines)


def test_every_listed_command_and_every_label_has_its_words():
    for offer in conversation.OFFERS.values():
        if offer.listed:
            assert TEXTS.word("commands", offer.name, "en")


@pytest.mark.parametrize(
    ("template", "values", "words"),
    [
        (
            "pledge_journey.year_past",
            {"name": "Trees", "done": 0, "of": 3, "stones": [], "past": 1},
            {
                "en": "One past step is open to you. Nobody expects it.",
                "fr": "Une étape passée vous reste",
                "es": "Un paso anterior sigue",
                "pt": "1 passo já passou",
            },
        ),
        (
            "pledge_journey.year_past",
            {"name": "Trees", "done": 0, "of": 3, "stones": [], "past": 2},
            {"en": "2 past", "fr": "2.", "es": ": 2.", "pt": "2 passos já passaram"},
        ),
        (
            "staff.which_of_many_actions",
            {"more": 1},
            {"en": "there is 1 more", "fr": "1 de plus", "es": "hay 1 más", "pt": "há mais 1"},
        ),
        (
            "staff.which_of_many_actions",
            {"more": 2},
            {"en": "there are 2 more", "fr": "2 de plus", "es": "hay 2 más", "pt": "há mais 2"},
        ),
    ],
)
def test_one_is_not_many(template, values, words):
    for language, expected in words.items():
        assert expected in TEXTS.text(template, language, values)


def test_staff_hear_what_the_length_of_a_text_depends_on():
    over = Excess(count=320, most=280, emoji=True)
    assert [part.template for part in by_how_much(vars(over), line)] == [
        "staff.over_characters",
        "staff.over_emoji",
    ]
    warned = by_how_much(vars(replace(over, emoji=False, beside=40)), line)
    assert [part.template for part in warned] == ["staff.over_characters", "staff.over_beside"]
    (part,) = by_how_much(vars(replace(over, emoji=False)), line)
    assert part.template == "staff.over_characters"


def test_a_forged_button_for_another_text_with_too_many_arguments_is_an_old_one():
    forged = Pressed(topic="share", act="tell", args=("00000001-202100", "", "", ""))
    assert conversation.step(IDLE, forged, Fake())[1] == (Answer(template="help.stale"),)
