"""Anything at any moment, through the entry of the chat and the real store: every topic, every step, every
press, staff and not, alone and in groups.

Whatever happens: an answer that Telegram takes in all three languages, no trouble in the log,
nothing stored before consent, and nothing of anybody else's changed or shown.
"""

import json
import logging
import random
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import house
import pytest
from fakes.telegram import caption_of, check_keyboard, shown, units
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from tree import languages

from bot import conversation
from bot.chat.entry import ChatEntry
from bot.chat.messages import Arrival
from bot.chat.telegram.replies import calls
from bot.config import Chat as ChatSettings
from bot.config import Privacy, Safeguarding
from bot.conversation.words import (
    Answer,
    Blocked,
    Command,
    Document,
    Edit,
    Media,
    Migrated,
    Say,
    State,
    Text,
    bind,
)
from bot.jobs.planning import plan
from bot.jobs.texts.keys import keyboard
from bot.library import read, shipped_root
from bot.model import Audience
from bot.model.person import NUDGES, Status
from bot.model.pledge import NewPledge, PledgeState
from bot.networks.dry.network import Network as Dry
from bot.networks.telegram.client import markup
from bot.networks.x.network import Network as X
from bot.render import Renderer
from bot.store import Store
from bot.times import DAY

pytestmark = pytest.mark.slow

BEGIN = datetime(2021, 4, 30, 10, tzinfo=UTC)
MONTHS = tuple(datetime(2021, month, 1, 10, tzinfo=UTC) for month in (5, 7, 10, 12))
LANGUAGES = languages()
ALONE = ("7", "9", "70", "98", "99")
"""A subscriber, somebody unknown, a pledge-maker, and two of staff: one subscribed, one not."""
GROUPS = ("-500", "-600")
"""One that we know nothing of, and one that edits a pledge."""
OTHER = "8"
"""Somebody with a pledge of their own, who does nothing in all this."""
STAFF = (98, 99)

TOPICS = conversation.TOPICS
STEPS = sorted((name, step) for name, topic in TOPICS.items() for step in topic.texts)
PRESSES = sorted(
    (name, act)
    for name, topic in TOPICS.items()
    for act in topic.presses
    # on no button: it follows when somebody has joined, and is silent where there is nothing to do
    if (name, act) != ("today", "first")
)
HOSTILE = (
    "<b>&amp;</b> {{ 7 * 7 }} {% x %}", "\u202eمرحبا\u202c", "🎉" * 2048, "x" * 4096, "word " * 800, "\n" * 50, " ", "\u200b", "Paris", "France",
    "mastodon.social", "https://example.org/film", "X: @acme", "2021-06-12 14:00", "tomorrow", "now", "1", "99999999999999999999", "yes", "half \ud83d",
    "a\u0000b", "/start", "~~~:::", "acme@example.org", "-1", "٣", "½", "1e9", "2021-13-45", "FR",
)  # fmt: skip
PLAIN = (
    "Some words",
    "Paris",
    "https://example.org/film",
    "X: @acme",
    "2021-12-01 14:00",
    "1",
    "FR",
)
WORDS = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=60))
GIVEN = (
    "_ i o en fr xx company Europe/Paris FR 9 99 named all t in_an_hour 202112 -1 0 1 2 3 4 yes no"
    " e c a 2021-05-01 2021-06-12 ٣ ½ é 1-1-0 1-2-0 2-1-0 0-0 telegram x name drop"
    " 9999999999999999999999999 xxxxxxxxxxxxxxxxxxxx"
)
ARGS = (*GIVEN.split(), "", "\u0000")
ARG = st.sampled_from(ARGS)
PLEDGE = st.fixed_dictionaries({"pledge": st.integers(0, 3)})
"""1 is the actor's, 2 somebody else's, 3 is none."""
SHAPES = {
    ("pledge_form", "answer"): PLEDGE,
    ("pledge_form", "handles"): PLEDGE,
    ("pledge_verify", "address"): PLEDGE,
    ("scale_up", "answer"): PLEDGE,
    ("journey_prompt", "link"): st.fixed_dictionaries({"pledge": st.integers(0, 3), "ref": ARG}),
    ("journey_still", "until"): st.fixed_dictionaries(
        {"about": st.lists(st.sampled_from("0123"), max_size=1)}
    ),
    ("pledges", "reason"): st.fixed_dictionaries({"pledge": st.integers(0, 3), "mark": ARG}),
    ("pledges", "note"): st.fixed_dictionaries({"pledge": st.integers(0, 3), "method": ARG}),
    ("pledge", "organisation"): st.fixed_dictionaries(
        {"audience": st.sampled_from("oc"), "group": st.just("company")}
    ),
    ("inbox", "text"): st.fixed_dictionaries({"question": st.integers(0, 2)}),
    ("inbox", "sure"): st.fixed_dictionaries(
        {"question": st.integers(0, 2), "text": st.text(max_size=20)}
    ),
    ("queue", "text"): st.fixed_dictionaries({"id": ARG}),
    ("packs", "link"): st.fixed_dictionaries({"id": ARG}),
    ("share", "server"): st.fixed_dictionaries({"ref": ARG, "which": ARG}),
    ("carry", "develop"): st.fixed_dictionaries({"ref": ARG}),
}
"""What steps remember; those that are not here remember nothing, or are reached by what people do.
"""
REACHED = {"announce", "posting", "holding"}
"""Topics whose steps remember more than can be made up."""
STANDS = st.sampled_from([step for step in STEPS if step[0] not in REACHED]).flatmap(
    lambda at: SHAPES.get(at, st.just({})).map(
        lambda data: State(topic=at[0], step=at[1], data=data)
    )
)
WHO = st.sampled_from((None,) * 12 + ALONE + GROUPS)
"""None: whom this play is about."""
MADE_FOR = st.sampled_from((None,) * 6 + (OTHER, "-600"))
DEEP = (
    "pledge",
    "pledge",
    "journey",
    "scaleup",
    "post",
    "announce",
    "hold",
    "queue",
    "pledges",
    "inbox",
    "settings",
    "start",
    "calendar",
)
"""Commands behind which there are many steps."""
COMMANDS = (*conversation.OFFERS, "nonsense")
SPOKEN = st.sampled_from((*LANGUAGES, "pt-BR", None))


class Strict(ChatEntry):
    """An entry that makes all languages of whatever it says, and asks Telegram's rules about each."""

    #: read once for all plays
    texts = None

    def _freshen(self):
        super()._freshen()
        Strict.texts = self._texts = Strict.texts or self._texts

    def _do(self, context, effect, arrival):
        out = super()._do(context, effect, arrival)
        if isinstance(effect, Say | Answer | Document):
            for tag in LANGUAGES:
                text = self._texts.text(
                    effect.template, tag, effect.values, getattr(effect, "parts", ())
                )
                if isinstance(effect, Answer):
                    assert units(text) <= 200, text
                elif isinstance(effect, Say):
                    keys = keyboard(effect.buttons, self._texts, tag, context.address)
                    takes(
                        replace(
                            out[0],
                            text=text,
                            keyboard=keys,
                            edits=1 if isinstance(effect, Edit) else None,
                        )
                    )
        for one in out:
            takes(one)
        return out


def takes(outgoing):
    """Telegram takes it."""
    for part in calls(outgoing):
        keys = markup(part.keyboard)
        check_keyboard(keys.to_json() if keys else "")
        if part.callback is not None:
            assert units(part.text) <= 200
        elif part.document is not None:
            caption_of(part.text)
            assert part.document[1].encode()
        else:
            shown(part.text if part.code is None else part.code, 4096, "message")


class Ear(logging.Handler):
    """Hears of every mistake."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.lines = []

    def emit(self, record):
        self.lines.append(logging.Formatter().format(record))


@pytest.fixture(scope="module", autouse=True)
def stage():
    """A file with people, pledges, posts, questions; each play begins with a copy of it."""
    with TemporaryDirectory() as folder:
        Town.services = _services(Path(folder))
        Town.services.store.close()
        yield


def _services(folder):
    library, problems = read([shipped_root()])
    assert not problems
    chat = replace(
        house.channel("telegram", network="telegram", review=True), target="@your_channel"
    )
    x = house.channel("x", network="x", review=True, nudges=False)
    made = house.services(folder, channels=(chat, x), quiet=house.NIGHT)
    told = replace(
        made.settings,
        privacy=Privacy(
            controller="The office", contact="office@example.org", retention=365, url=None
        ),
        safeguarding=Safeguarding(name="Ana", contact=77, retention=30),
        chat=ChatSettings(staff=STAFF),
    )
    networks = {"telegram": made.networks["telegram"], "x": Dry(x, {}, stands_for=X)}
    active = (library.campaigns["endchildlabour2021"],)
    services = replace(
        made,
        library=library,
        active=active,
        renderer=Renderer(library.files, library.campaigns),
        settings=told,
        networks=networks,
    )
    _people(services)
    plan.run(services, BEGIN)
    return services


def _people(services):
    store, channel, moment = (
        services.store,
        services.channel_ids["telegram"],
        int(BEGIN.timestamp()),
    )
    for address, pledges in (("7", 0), ("70", 1), ("98", 0), (OTHER, 1), ("-600", 0)):
        store.people.add(
            [
                replace(
                    house.person(zone="Europe/Paris", pledge=bool(pledges)),
                    address=address,
                    channel=channel,
                )
            ]
        )
        person = store.people.find(channel, address)
        store.subscribers.agree(person, NUDGES, "en 1", moment)
        for _ in range(pledges):
            _pledge(store, person, address, moment)
    store.editors.add(1, store.people.find(channel, "-600"), moment)
    other = store.people.find(channel, OTHER)
    store.subscribers.tick(other, ("trees", "deed", 202100), True, moment)
    store.subscribers.set_profile(other, "mastodon", "other.example")
    store.conversations.keep(channel, OTHER, State(topic="ask", step="text").dumps(), moment)
    store.inbox.ask(channel, OTHER, "fr", "Une question?", moment)


def _pledge(store, person, address, moment):
    answers = {
        "name": f"Secret of {address}",
        "how": "By courses",
        "contribution": "It helps",
        "communicate": "With posts",
    }
    new = NewPledge(
        campaign="endchildlabour2021",
        audience=Audience.ORGANIZATION,
        stakeholder="company",
        organisation=f"Org {address}",
        country="FR",
        language="en",
        answers=answers,
    )
    pledge = store.pledges.begin(new, f"person {person}", moment)
    store.editors.add(pledge, person, moment)
    store.pledges.move(pledge, PledgeState.SUBMITTED, f"person {person}", moment)


class Town:
    """The people and groups, before an entry and a file of their own.

    Most of a play goes on in one chat, its focus.
    """

    services = None

    def __init__(self, now, focus):
        self.focus = focus
        self.folder = TemporaryDirectory()
        file = Path(self.folder.name) / "play.db"
        shutil.copy(self.services.settings.database, file)
        self.store = Store(file, durable=False)
        self.mine = replace(self.services, store=self.store)
        self.channel = self.mine.channel_ids["telegram"]
        self.now = now
        #: what was ever shown to a chat, and what was shown last
        self.screens, self.newest = {}, {}
        self.ear = Ear()
        logging.getLogger("bot").addHandler(self.ear)
        self.restarts()

    def close(self):
        logging.getLogger("bot").removeHandler(self.ear)
        self.store.close()
        self.folder.cleanup()

    def restarts(self):
        self.entry = Strict(lambda: self.mine, "telegram", bot="drum_bot")

    def waits(self, who, state):
        """Somebody's conversation stands anywhere, and perhaps at something of somebody else's."""
        address = who or self.focus
        if self.store.people.find(self.channel, address) or int(address) in STAFF:
            self.store.conversations.keep(
                self.channel, address, state.dumps(), int(self.now.timestamp())
            )

    def writes(self, who, text, **how):
        self.arrives(
            who, Text(text=text, reply="…" if (who or self.focus).startswith("-") else ""), **how
        )

    def commands(self, who, name, argument="", **how):
        self.arrives(who, Command(name=name, argument=argument), **how)

    def presses(self, who, screen, back, **how):
        if screen:
            self.arrives(who, data=screen[-1 - back % len(screen)], **how)

    def forges(self, who, key, args, made_for, **how):
        self.arrives(who, data=bind(":".join((*key, *args)), made_for or who or self.focus), **how)

    def shown(self, who):
        return self.screens.get(who or self.focus, [])

    def ahead(self, who):
        """What was shown last, but for what leads out of it."""
        return [
            data
            for data in self.newest.get(who or self.focus, ())
            if not data.startswith(("help:cancel", "safety:"))
        ]

    # what must hold

    def arrives(self, who, event=None, *, data=None, admin=False, language="en"):
        address = who or self.focus
        group = address.startswith("-")
        user = "71" if group else address
        staff = int(user) in STAFF
        before, of_staff, known = (
            self.of_the_other(),
            self.of_staff(),
            self.store.people.find(self.channel, address) is not None,
        )
        settings_before = self.settings_of(address)
        arrival = Arrival(
            address=address,
            user=user,
            event=event,
            data=data,
            private=not group,
            admin=admin,
            language=language,
            callback="1" if data else None,
            message=5 if data else None,
        )
        self.now += timedelta(seconds=1)
        [out] = self.entry.handle([arrival], self.now)
        assert not self.ear.lines, self.ear.lines
        self.answered(arrival, out)
        for one in out:
            if one.callback is None:
                self.newest[one.address] = [b.data for row in one.keyboard for b in row if b.data]
                self.screens.setdefault(one.address, []).extend(self.newest[one.address])
            if not staff and one.address == address:
                assert f"Secret of {OTHER}" not in one.text + (one.document or ("", ""))[1]
        if not staff:
            assert self.of_the_other() == before, "somebody else's"
            assert self.of_staff() == of_staff, "staff's business"
        if not known and self.store.people.find(self.channel, address) is None:
            assert not self.left_behind(address, staff=staff)
        if group and not admin:
            assert self.settings_of(address) == settings_before, (
                "only its admins change a group's settings"
            )
        self.sound()

    def answered(self, arrival, out):
        if isinstance(arrival.event, Blocked | Migrated):
            return
        said = [one for one in out if one.address == arrival.address]
        if arrival.data:
            assert any(one.callback for one in said), "the button would go on turning"
            assert any(one.text or one.document for one in said), "met with silence"
        elif arrival.private:
            assert any(one.callback is None and (one.text or one.document) for one in said), (
                "met with silence"
            )

    def rows(self, sql, **params):
        return self.store.database.rows(sql, {"channel": self.channel, **params})

    def of_the_other(self):
        person = self.store.people.find(self.channel, OTHER)
        tables = ("profile", "consent", "tick", "pledge_editor")
        found = [
            self.rows(f"SELECT * FROM {table} WHERE person = :person", person=person)
            for table in tables
        ]
        found += [
            self.rows(f"SELECT * FROM {t} WHERE address = :a", a=OTHER)
            for t in ("person", "conversation", "question", "flag")
        ]
        pledges = [one.id for one in self.store.pledges.of_person(person)]
        for table in ("pledge_handle", "pledge_verification", "pledge_event", "milestone"):
            found += [
                self.rows(f"SELECT * FROM {table} WHERE pledge = :p", p=pledge)
                for pledge in pledges
            ]
        return [
            *found,
            *(self.rows("SELECT * FROM pledge WHERE id = :p", p=pledge) for pledge in pledges),
        ]

    def of_staff(self):
        posts = self.rows("SELECT * FROM delivery WHERE recipient = 0 ORDER BY occurrence, channel")
        return posts, [
            self.rows(f"SELECT * FROM {table}")
            for table in ("hold", "approval", "oneoff", "edit", "amplification", "hand_post")
        ]

    def settings_of(self, address):
        return self.rows(
            "SELECT language, country, place, named_only, status FROM person WHERE address = :a",
            a=address,
        )

    def left_behind(self, address, *, staff):
        """What is stored of somebody who has not agreed.

        Staff's own forms and messages about a child apart, and for a day that one may come.
        """
        tables = ("question",) if staff else ("question", "shown")
        left = [
            row
            for table in tables
            for row in self.rows(f"SELECT * FROM {table} WHERE address = :a", a=address)
        ]
        states = self.rows(
            "SELECT state, until - at FROM conversation WHERE address = :a", a=address
        )
        return left + [
            (text, kept)
            for text, kept in states
            if not staff and (State.loads(text).topic not in ("safety", "rights") or kept != DAY)
        ]

    def sound(self):
        for (text,) in self.rows("SELECT state FROM conversation"):
            assert json.loads(State.loads(text).dumps()) == json.loads(text)
            assert State.loads(text).topic in TOPICS
        withdrawn = (
            "SELECT 1 FROM consent c WHERE c.person = p.id AND c.purpose = :nudges AND c.withdrawn"
            " IS NOT NULL"
        )
        awake = self.rows(
            f"SELECT p.address FROM person p WHERE p.status = :active AND EXISTS ({withdrawn})",
            nudges=NUDGES,
            active=int(Status.ACTIVE),
        )
        assert not awake, "who has taken back their consent agrees again before anything comes"


class Anything(RuleBasedStateMachine):
    """Anything at any moment."""

    @initialize(now=st.sampled_from((BEGIN, *MONTHS)), focus=st.sampled_from((*ALONE, *GROUPS)))
    def begin(self, now, focus):
        self.town = Town(now, focus)

    def teardown(self):
        if hasattr(self, "town"):
            self.town.close()

    @rule()
    def restarts(self):
        self.town.restarts()

    @rule(hours=st.sampled_from((1, 5, 30, 24 * 40)))
    def time_passes(self, hours):
        self.town.now += timedelta(hours=hours)

    @rule(who=WHO, state=STANDS)
    def waits(self, who, state):
        self.town.waits(who, state)

    @rule(who=WHO, text=WORDS, language=SPOKEN, admin=st.booleans())
    def writes(self, who, text, language, admin):
        self.town.writes(who, text, language=language, admin=admin)

    @rule(
        who=WHO,
        name=st.sampled_from(COMMANDS),
        argument=st.one_of(st.just(""), WORDS),
        language=SPOKEN,
        admin=st.booleans(),
    )
    def commands(self, who, name, argument, language, admin):
        self.town.commands(who, name, argument, language=language, admin=admin)

    @rule(who=WHO, back=st.integers(0, 60), admin=st.booleans())
    def presses(self, who, back, admin):
        """Something on their screen, however old."""
        self.town.presses(who, self.town.shown(who), back, admin=admin)

    @rule(
        who=WHO,
        key=st.sampled_from(PRESSES),
        args=st.lists(ARG, max_size=4),
        made_for=MADE_FOR,
        admin=st.booleans(),
    )
    def forges(self, who, key, args, made_for, admin):
        self.town.forges(who, key, args, made_for, admin=admin)

    @rule(who=st.sampled_from(ALONE), event=st.sampled_from((Media(kind="photo"), Blocked())))
    def sends(self, who, event):
        self.town.arrives(who, event)


TestAnything = Anything.TestCase
TestAnything.settings = settings(
    max_examples=120, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.parametrize("focus", [*ALONE, *GROUPS])
def test_long_walks_through_what_commands_open(focus):
    """Into every form as far as it goes: presses what has just been shown, and now and then writes,
    forges, or goes elsewhere.
    """
    chance = random.Random(focus)
    for now in (BEGIN, *MONTHS):
        town = Town(now, focus)
        try:
            for _ in range(40):
                _walk(town, chance)
        finally:
            town.close()


def _walk(town, chance):
    how = {"admin": chance.random() < 0.7, "language": chance.choice(LANGUAGES)}
    town.commands(None, chance.choice(DEEP if chance.random() < 0.7 else COMMANDS), **how)
    for _ in range(chance.randrange(2, 16)):
        match chance.choices(
            ("ahead", "write", "anything", "back", "forge", "later"), (60, 22, 4, 6, 6, 2)
        )[0]:
            case "ahead":
                town.presses(None, town.ahead(None), chance.randrange(99), **how)
            case "write":
                town.writes(None, chance.choice(PLAIN), **how)
            case "anything":
                town.writes(None, chance.choice(HOSTILE), **how)
            case "back":
                town.presses(None, town.shown(None), chance.randrange(99), **how)
            case "forge":
                args = [chance.choice(ARGS) for _ in range(chance.randrange(4))]
                town.forges(None, chance.choice(PRESSES), args, chance.choice((None, OTHER)), **how)
            case "later":
                town.restarts()
                town.now += timedelta(hours=chance.choice((1, 30, 900)))


@pytest.mark.parametrize("who", ["7", "9", "-600"])
def test_every_button_and_every_step_of_others_in_the_wrong_hands(who):
    """Made for this very chat, with arguments that mean something: what is not theirs stays as it
    is.
    """
    town = Town(BEGIN, who)
    try:
        [post] = town.rows(
            "SELECT occurrence, channel FROM delivery WHERE recipient = 0 AND state = 2 LIMIT 1"
        )
        ids = (
            "2",
            "1",
            f"{post[0]}-{post[1]}-0",
            "2021-05-01",
            "e",
            "x",
            "2:name",
            "2:yes",
            "2:2",
            "",
        )
        for topic, act in PRESSES:
            for given in ids:
                town.forges(None, (topic, act), given.split(":"), None, admin=False)
        if not who.startswith("-") and town.store.people.find(town.channel, who):
            for topic, step in STEPS:
                for data in (
                    {
                        "pledge": 2,
                        "question": 1,
                        "id": ids[2],
                        "text": "x",
                        "scope": {},
                        "asked": [],
                        "send": [],
                    },
                ):
                    town.waits(None, State(topic=topic, step=step, data=data))
                    town.writes(None, "x", admin=False)
    finally:
        town.close()
