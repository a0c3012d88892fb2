"""Posts that ask something, from the counts to the inbox of staff: what is kept, for how long, how it
goes, and how it is answered.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import house
import pytest
from pledging.player import Play
from stage import staged

from bot.config import Chat, Usage
from bot.errors import TryLater, UsageError
from bot.jobs.counting import asked, collect
from bot.jobs.people import retention
from bot.jobs.staff.questions import inbox
from bot.model import State
from bot.model.counting import Asking
from bot.model.share import Answer, ReviewState
from bot.model.staff import Actor
from bot.model.who import Who
from bot.networks.counting import Ask, Collector, Found, Place
from bot.networks.dry.network import Network as Dry
from bot.times import epoch

pytestmark = pytest.mark.slow
NOW = datetime(2021, 4, 20, 8, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ANNA, BO = Actor.staff("anna"), Actor.staff("99")
SAFE = dict.fromkeys(("shown", "child", "consent", "risk", "dignity", "place"), Answer.NO)


class Source(Collector):
    """A source with some posts, of which it gives on what asks."""

    def __init__(self):
        super().__init__([Place(name="one.example", url=None)])
        self.texts = {}
        self.down = None
        self.only = ""

    def collect(self, ask: Ask) -> Found:
        if self.only not in ("", ask.tag):
            return Found(samples=())
        posts = [post(n, text) for n, text in self.texts.items() if ask.asks and ask.asks(text)]
        return Found(samples=(), asking=tuple(posts))

    def gone(self, posts):
        if self.down:
            raise self.down
        return [each.uri for each in posts if int(each.post) not in self.texts]


def post(number, text):
    return Asking(
        uri=f"https://one.example/users/quilla/{number}",
        post=str(number),
        place="one.example",
        url=f"https://one.example/@quilla/{number}",
        text=text,
        language="en",
        posted=NOW - HOUR,
    )


@pytest.fixture
def source():
    return Source()


@pytest.fixture
def services(tmp_path, library, source):
    channels = [house.channel("telegram", network="telegram"), house.channel("site")]
    made, _ = staged(tmp_path, library, *channels, chat=Chat(staff=(99,)))
    settings = replace(made.settings, usage=Usage(mastodon=("x",), questions=True))
    on = {**made.networks, "site": Dry(channels[1], {})}
    yield replace(made, settings=settings, networks=on, collectors={"mastodon": source})
    made.store.close()


def texts(services):
    return [each.text for each in services.store.asked.waiting()]


async def collected(services, source, *said, now=NOW):
    source.texts |= {len(source.texts) + n: text for n, text in enumerate(said, 1)}
    await collect.run(services, now)
    await asked.run(services, now)


async def test_what_asks_is_kept_where_it_is_wanted(services, source):
    off = replace(services.settings, usage=replace(services.settings.usage, questions=False))
    await collected(replace(services, settings=off), source, "Why?", "How can we help")
    assert texts(services) == []
    await collected(services, source, "Because.", now=NOW + HOUR)
    assert texts(services) == ["Why?", "How can we help"]
    [alarm] = [a for a in services.store.alerts.current() if a.kind == "asked"]
    assert alarm.text == "2 posts with the hashtag ask something: `drumbeat inbox list`"
    await asked.run(replace(services, settings=off), NOW + 2 * HOUR)
    assert texts(services) == [], "and goes where it is wanted no more"


async def test_what_its_author_deletes_is_forgotten_within_the_hour(services, source):
    await collected(services, source, "Why?", "And how?")
    del source.texts[1]
    source.down = TryLater("503")
    later = NOW + HOUR
    await asked.run(services, later)
    assert texts(services) == ["Why?", "And how?"], "nobody knows"
    assert not any(asked.is_fresh(each, later) for each in services.store.asked.waiting())
    source.down = None
    await asked.run(services, later)
    assert texts(services) == ["And how?"]
    assert all(asked.is_fresh(each, later) for each in services.store.asked.waiting())


async def test_it_is_looked_at_few_at_a_time(services, source):
    await collected(services, source, *(f"{n}?" for n in range(60)))
    looked = []
    source.gone = lambda posts: looked.append(len(posts)) or []
    for _ in range(4):
        await asked.run(services, NOW + HOUR)
    assert looked == [25, 25, 10]


@pytest.mark.parametrize("child", [True, False])
@pytest.mark.sqlite
async def test_what_is_dropped_is_never_taken_again(services, source, child):
    await collected(services, source, "Why?")
    [there] = services.store.asked.waiting()
    inbox.drop(services, there.id, ANNA, NOW, child=child)
    await collected(services, source, now=NOW + HOUR)
    assert texts(services) == []
    whole = "\n".join(services.store.database._connection.iterdump())
    assert "quilla" not in whole
    assert "Why?" not in whole
    kept = services.store.database.column("SELECT digest FROM asked_once")
    assert len(kept) == 1
    for guessed in (there.uri, f"post {there.uri}"):
        assert sha256(guessed.encode()).hexdigest() not in kept, "nobody can tell without the key"
    assert (services.store.forgotten.traces() is not None) == child
    [deed] = services.store.audit.read()
    assert deed.verb == ("asked.child" if child else "asked.dropped")
    with pytest.raises(UsageError, match=f"no post {there.id} waits"):
        inbox.drop(services, there.id, ANNA, NOW, child=child)


async def test_what_nobody_decides_about_goes_after_a_week(services, source):
    await collected(services, source, "Why?")
    retention.run(services, NOW + 7 * DAY - HOUR)
    assert texts(services) == ["Why?"]
    retention.run(services, NOW + 7 * DAY)
    assert texts(services) == []
    retention.run(services, NOW + 38 * DAY)
    assert services.store.database.value("SELECT count(*) FROM asked_once") == 0


async def test_no_flood_fills_the_database(services):
    many = [post(n, "Why?") for n in range(700)]
    assert asked.keep(services, "mastodon", many, NOW) == 500
    assert asked.keep(services, "mastodon", many, NOW) == 0


def answer(services, number, by=ANNA, text="Because adults are paid too little.", **said):
    channels = [services.settings.channels["site"]]
    answers = {**SAFE, **{key: Answer(word) for key, word in said.items()}}
    return inbox.answer_publicly(services, number, text, channels, answers, by, NOW)


async def test_an_answer_in_public_passes_the_checklist(services, source):
    await collected(services, source, "Why?")
    [there] = services.store.asked.waiting()
    assert answer(services, there.id, risk="unknown") is ReviewState.BLOCKED
    with pytest.raises(UsageError, match="without an answer to shown"):
        inbox.answer_publicly(services, there.id, "So.", [], {}, ANNA, NOW)
    with pytest.raises(UsageError, match="an answer has 1 to"):
        answer(services, there.id, text=" ")
    assert answer(services, there.id, shown="yes", consent="yes") is ReviewState.SECOND
    with pytest.raises(UsageError, match="second person"):
        answer(services, there.id, shown="yes", consent="yes")
    assert texts(services) == ["Why?"]
    child = {"shown": "yes", "consent": "yes"}
    assert answer(services, there.id, by=BO, text="Another.", **child) is ReviewState.SECOND
    with pytest.raises(UsageError, match="99 was the first"):
        answer(services, there.id, by=BO, text="Another.", **child)
    assert answer(services, there.id, by=ANNA) is ReviewState.SECOND, (
        "a child is shown all the same"
    )
    assert services.store.asked.get(there.id).answer == "Because adults are paid too little."
    assert answer(services, there.id, by=BO, **child) is ReviewState.APPROVED
    assert texts(services) == []
    rows = services.store.database.rows(
        "SELECT o.action, d.state FROM delivery d JOIN occurrence o ON o.id = d.occurrence WHERE"
        " o.action LIKE 'post:%'"
    )
    assert rows == [("post:1", int(State.AWAITING_APPROVAL))], "on a channel without review, too"
    ours = services.store.oneoffs.get(1)
    assert (ours.text, ours.by) == ("Because adults are paid too little.", ANNA)


async def test_an_answer_is_of_the_campaign_that_was_asked(services, source, tmp_path):
    first = replace(services.active[0], id="first", hashtag="#First", hashtags=())
    both = replace(services, active=(first, services.active[0]))
    source.only = services.active[0].hashtag
    await collected(both, source, "Why?")
    [there] = services.store.asked.waiting()
    assert answer(both, there.id) is ReviewState.APPROVED
    assert services.store.oneoffs.get(1).campaign == services.active[0].id


async def test_whose_first_look_is_forgotten_leaves_no_text(services, source):
    await collected(services, source, "Why?")
    answer(services, 1, by=BO, shown="yes", consent="yes")
    services.store.asked.forget(Who(person=None, channel=1, address="99"), epoch(NOW))
    [there] = services.store.asked.waiting()
    assert (there.first, there.answer) == ("", "")


def test_a_question_of_the_chat_is_answered_once(services):
    number = services.store.inbox.ask(1, "7", "en", "Why?", epoch(NOW))
    inbox.answer(services, number, " So. ", ANNA, NOW)
    [told] = services.store.inbox.untold_answers(1)
    assert told.answer == "So."
    with pytest.raises(UsageError, match="waits for no answer"):
        inbox.answer(services, number, "So.", ANNA, NOW)


async def test_staff_look_at_them_in_the_chat(services, source):
    await collected(services, source, "Why do they work?", "And how?", "Since when?")
    player = Play((services, services.networks["telegram"]), "en", "endchildlabour2021")
    player.now, player.user = NOW, "99"

    async def say(line):
        await player.line(f"> {line}")
        return player.said

    assert "Posts with the hashtag that ask something: 3" in await say("/inbox")
    assert "Why do they work?\n\nhttps://one.example/@quilla/1" in await say("[Look]")
    assert "And how?" in await say("[Next ›]")
    assert "Deleted at once" in await say("[May be a child]")
    assert "Since when?" in player.said
    assert "Deleted. It doesn’t come again." in await say("[Not for us]")
    assert "No other post waits" in player.said
    assert texts(services) == ["Why do they work?"]
    player.now = NOW + 2 * HOUR
    assert "No question is open" in await say("/inbox"), "nobody knows whether it still stands"
