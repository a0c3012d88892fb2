"""Amplification: the checklist's rules, finding posts on three servers, boosting, quoting, taking
back; and what staff do in a chat and on the command line.
"""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import house
import pytest
from fakes.amplify import Bluesky, Mastodon, X
from fakes.base import Trouble
from helpers import live, write_operator
from tree import TOP, languages

from bot.chat.entry import ChatEntry
from bot.chat.messages import Arrival
from bot.conversation.words import Command
from bot.errors import UsageError
from bot.files.frozen import read_files
from bot.jobs.amplify import amplify, review
from bot.jobs.texts import kinds
from bot.model import Audience
from bot.model.outbox import Scope
from bot.model.pledge import Handle, NewPledge, PledgeState
from bot.model.share import QUEUE, Answer, Candidate, ReviewState
from bot.model.staff import Actor, Member
from bot.networks import load
from bot.render import Renderer
from bot.render.chat import ChatTexts
from bot.rules import amplification
from bot.rules.amplification import judge, reviewed, second

pytestmark = pytest.mark.slow

NOW = datetime.now(UTC).replace(microsecond=0)
ANNA, BEN = Actor("anna"), Actor("ben")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

CLEAR = {
    "account": "yes",
    "shown": "no",
    "child": "no",
    "consent": "no",
    "risk": "no",
    "dignity": "no",
    "place": "no",
}
CHILD = {**CLEAR, "shown": "yes", "child": "yes", "consent": "yes"}


def said(**answers):
    return {name: Answer(word) for name, word in answers.items()}


# the rules


def test_a_clean_checklist_lets_it_go_and_a_child_asks_for_a_second_person():
    assert reviewed(said(**CLEAR), first=None, by="anna") is ReviewState.APPROVED
    assert reviewed(said(**CHILD), first=None, by="anna") is ReviewState.SECOND
    assert second(said(**CHILD), first="anna", by="anna") is ReviewState.SECOND
    assert second(said(**CHILD), first="anna", by="ben") is ReviewState.APPROVED
    assert second(said(**{**CHILD, "risk": "yes"}), first="anna", by="ben") is ReviewState.BLOCKED


@pytest.mark.parametrize(
    ("change", "blocks"),
    [
        ({"risk": "yes"}, ("risk",)),
        ({"risk": "unknown"}, ("risk",)),
        ({"dignity": "unknown"}, ("dignity",)),
        ({"place": "yes"}, ("place",)),
        ({"account": "unknown"}, ("account",)),
        ({"child": "unknown"}, ("child", "consent")),
        ({"child": "yes"}, ("consent",)),
        ({"child": "yes", "consent": "unknown"}, ("consent",)),
        ({"shown": "unknown"}, ("consent",)),
        ({"shown": "yes"}, ("consent",)),
        ({"risk": "yes", "place": "unknown"}, ("risk", "place")),
    ],
)
def test_yes_or_unknown_to_a_risk_blocks(change, blocks):
    answers = said(**{**CLEAR, **change})
    assert judge(answers).blocks == blocks
    assert reviewed(answers, first=None, by="anna") is ReviewState.BLOCKED


def test_the_account_is_asked_for_once_and_everything_else_each_time():
    assert "account" in amplification.questions(known=False)
    assert "account" not in amplification.questions(known=True)
    assert amplification.missing(said(risk="no"), known=True) == (
        "shown",
        "child",
        "consent",
        "dignity",
        "place",
    )


def test_a_pledge_maker_once_a_week():
    assert amplification.may_go(None, NOW)
    assert not amplification.may_go(NOW - 6 * DAY, NOW)
    assert amplification.may_go(NOW - 7 * DAY, NOW)


# the house


@pytest.fixture
async def make(tmp_path):
    opened = []

    def build(*fakes, quote=False, **networks):
        mine = {fake.network: fake.build(load(fake.network)) for fake in fakes}
        channels = [house.channel(f"our-{name}", network=name, nudges=False) for name in mine]
        services = house.services(
            tmp_path,
            house.campaign(house.action(post=True)),
            channels=(*channels, house.channel("chat", posts=False)),
        )
        library = replace(services.library, files=read_files((tmp_path, TOP)))
        built = {**services.networks, **{f"our-{name}": network for name, network in mine.items()}}
        services = replace(
            services,
            networks=built,
            library=library,
            renderer=Renderer(library.files, library.campaigns),
        )
        opened.append(services)
        return services

    yield build
    for services in opened:
        for network in services.networks.values():
            await network.close()
        services.store.close()


def pledge(services, *handles, organisation="Orchard Friends", person=True):
    store, moment = services.store, int(NOW.timestamp())
    new = NewPledge(
        campaign="trees",
        audience=Audience.ORGANIZATION,
        stakeholder="civil-society",
        organisation=organisation,
        country=None,
        language="en",
        answers={},
    )
    number = store.pledges.begin(new, "staff", moment)
    store.pledges.move(number, PledgeState.SUBMITTED, "staff", moment)
    store.pledges.set_handles(
        number,
        [
            Handle(network=network, name=name, url="https://example.org/")
            for network, name in handles
        ],
        "staff",
        moment,
    )
    if person:
        channel = services.channel_ids["chat"]
        store.people.add(
            [replace(house.person(number, channel_id=channel), audience=Audience.ORGANIZATION)]
        )
        store.editors.add(number, store.people.find(channel, str(1000 + number)), moment)
    return number


def queue(services):
    return services.store.amplify.all(QUEUE)


def state(services, number=1):
    return services.store.amplify.get(number).state


def clear(services, number=1, by=ANNA, way="boost", at=NOW, **change):
    return review.approve(services, number, said(**{**CLEAR, **change}), by, at, way)


@pytest.fixture
async def mastodon():
    async with Mastodon() as fake:
        yield fake


@pytest.fixture
async def bluesky():
    async with Bluesky() as fake:
        yield fake


@pytest.fixture
async def x():
    async with X() as fake:
        yield fake


# finding


async def test_only_posts_with_a_hashtag_from_a_registered_handle_come_into_the_queue(
    make, mastodon
):
    services = make(mastodon)
    number = pledge(services, ("mastodon", "Orchard@social.example"))
    mastodon.add_other(NOW - HOUR, "#Tag", author="orchard@social.example", text="We plant a tree")
    mastodon.add_other(NOW - HOUR, "#Tag", author="orchard2@social.example")
    mastodon.add_other(NOW - HOUR, "#Tag", author="orchard@elsewhere.example")
    mastodon.add_other(NOW - HOUR, "#Other", author="orchard@social.example")
    mastodon.add_other(NOW - 9 * DAY, "#Tag", author="orchard@social.example")
    await amplify.run(services, NOW)
    await amplify.run(services, NOW + 2 * HOUR)
    [found] = queue(services)
    assert (found.author, found.pledge, found.text, found.known) == (
        "orchard@social.example",
        number,
        "We plant a tree",
        False,
    )
    assert mastodon.boosts == []  # never by itself
    [alert] = [a for a in services.store.alerts.current() if a.kind == "review"]
    assert alert.text.startswith(
        "1 post or link of a pledge-maker waits for a look before it can be amplified"
    )


async def test_without_the_whole_checklist_nothing_goes_out(make, mastodon):
    services = make(mastodon)
    pledge(services, ("mastodon", "orchard@social.example"))
    mastodon.add_other(NOW - HOUR, "#Tag", author="orchard@social.example")
    await amplify.run(services, NOW)
    with pytest.raises(UsageError, match="without an answer to account, shown"):
        review.approve(services, 1, said(risk="no"), ANNA, NOW)
    assert clear(services, risk="unknown").blocks == ("risk",)
    await amplify.run(services, NOW)
    assert (state(services), mastodon.boosts) == (ReviewState.BLOCKED, [])
    assert [given.answers["risk"] for given in services.store.amplify.answers(1)] == [
        Answer.UNKNOWN
    ]


async def test_mastodon_boosts_once_tells_the_pledge_maker_and_takes_back(make, mastodon):
    services = make(mastodon)
    pledge(services, ("mastodon", "orchard@social.example"))
    post = mastodon.add_other(NOW - HOUR, "#Tag", author="orchard@social.example")
    await amplify.run(services, NOW)
    clear(services)
    await amplify.run(services, NOW)
    await amplify.run(services, NOW + HOUR)
    assert mastodon.boosts == [post["id"]]
    done = services.store.amplify.get(1)
    assert (done.state, done.text, done.receipt_url) == (ReviewState.SENT, "", post["url"])
    [note] = [e for e in services.store.listing.entries() if e.action == "amplified:p1"]
    body = kinds.nudge_body(
        services,
        note,
        "dry",
        language="en",
        pledge=True,
        recipient=1,
    )
    assert post["url"] in body.text
    assert "shared your post" in body.text
    review.withdraw(services, 1, "anna", NOW + DAY)
    await amplify.run(services, NOW + DAY)
    assert (state(services), mastodon.boosts) == (ReviewState.RETRACTED, [])


async def test_bluesky_reposts_under_a_fixed_key(make, bluesky):
    services = make(bluesky)
    pledge(services, ("bluesky", "orchard.example"))
    bluesky.add(NOW - HOUR, "#Tag", author="Orchard.example")
    bluesky.add(NOW - HOUR, "#Tag", author="somebody.example")
    await amplify.run(services, NOW)
    clear(services)
    bluesky.tell(Trouble.DROPPED_AFTER, on="putRecord")
    await amplify.run(services, NOW)
    assert (
        state(services) is ReviewState.APPROVED
    )  # nobody knows, and doing it again changes nothing
    await amplify.run(services, NOW + HOUR)
    assert [subject["uri"] for subject in bluesky.reposts.values()] == [bluesky.posts[0]["uri"]]
    review.withdraw(services, 1, "anna", NOW + HOUR)
    await amplify.run(services, NOW + 2 * HOUR)
    assert (state(services), bluesky.reposts) == (ReviewState.RETRACTED, {})


async def test_bluesky_quotes_with_a_sentence_of_ours(make, bluesky):
    services = make(bluesky)
    pledge(services, ("bluesky", "orchard.example"))
    bluesky.add(NOW - HOUR, "#Tag", author="orchard.example")
    await amplify.run(services, NOW)
    clear(services, way="quote")
    await amplify.run(services, NOW)
    [(record, _)] = bluesky.records.values()
    assert "Orchard Friends" in record["text"]
    assert "#Tag" in record["text"]
    assert record["embed"]["record"]["uri"] == bluesky.posts[0]["uri"]
    bluesky.posts.clear()  # its author deletes it: the quote goes, too
    await amplify.run(services, NOW + 25 * HOUR)
    await amplify.run(services, NOW + 26 * HOUR)
    assert (state(services), bluesky.records) == (ReviewState.RETRACTED, {})


async def test_mastodon_quotes_by_a_link(make, mastodon):
    services = make(mastodon)
    pledge(services, ("mastodon", "orchard@social.example"))
    post = mastodon.add_other(NOW - HOUR, "#Tag", author="orchard@social.example")
    await amplify.run(services, NOW)
    clear(services, way="quote")
    await amplify.run(services, NOW)
    [text] = mastodon.texts
    assert text.endswith(post["url"])
    review.withdraw(services, 1, "anna", NOW)
    await amplify.run(services, NOW)
    assert (state(services), mastodon.statuses) == (ReviewState.RETRACTED, [])


async def test_x_reads_only_pledge_makers_reposts_and_pays(make, x):
    services = make(x)
    pledge(services, ("x", "Orchard"))
    number = x.add_other(NOW - HOUR, "orchard", "A tree #Tag", media=True)
    x.add_other(NOW - HOUR, "stranger", "Me too #Tag")
    await amplify.run(services, NOW)
    assert x.queries == ["from:orchard (#Tag) -is:retweet"]
    [found] = queue(services)
    assert found.media
    clear(services)
    await amplify.run(services, NOW + HOUR)
    assert (x.reposts, len(x.queries)) == ([number], 1)  # paid searches come less often
    spent = {
        each.kind: each.n for each in services.store.ledger.between(NOW.date(), NOW.date() + DAY)
    }
    assert spent == {"read": 1, "post": 1}


async def test_a_quote_on_x_that_may_have_left_waits_for_a_person(make, x):
    services = make(x)
    pledge(services, ("x", "orchard"))
    x.add_other(NOW - HOUR, "orchard", "A tree #Tag")
    await amplify.run(services, NOW)
    clear(services, way="quote")
    x.tell(Trouble.DROPPED_AFTER, on="/2/tweets")
    await amplify.run(services, NOW)
    await amplify.run(services, NOW + HOUR)
    assert (state(services), len(x.quotes)) == (ReviewState.UNCERTAIN, 1)
    assert [a.subject for a in services.store.alerts.current() if a.kind == "amplification"] == [
        "1"
    ]
    assert (
        review.approve(services, 1, {}, ANNA, NOW).state is ReviewState.APPROVED
    )  # somebody has looked: it is not there
    x.posts.clear()
    await amplify.run(services, NOW + 2 * HOUR)
    assert (state(services), len(x.quotes)) == (ReviewState.SENT, 2)
    assert services.store.alerts.current() == []


async def test_a_ceiling_is_not_passed(make, x):
    services = make(x)
    pledge(services, ("x", "orchard"))
    x.add_other(NOW - HOUR, "orchard", "A tree #Tag")
    await amplify.run(services, NOW)
    clear(services)
    channel = replace(services.settings.channels["our-x"], ceiling=0.01)
    tight = replace(
        services,
        settings=replace(
            services.settings, channels={**services.settings.channels, "our-x": channel}
        ),
    )
    await amplify.run(tight, NOW)
    assert (state(services), x.reposts) == (ReviewState.APPROVED, [])
    assert [a.kind for a in services.store.alerts.current()] == ["amplification"]


async def test_one_post_a_week_for_a_pledge_maker_and_no_holds_passed(make, mastodon, bluesky):
    services = make(mastodon, bluesky)
    pledge(services, ("mastodon", "orchard@social.example"), ("bluesky", "orchard.example"))
    mastodon.add_other(NOW - HOUR, "#Tag", author="orchard@social.example")
    bluesky.add(NOW - HOUR, "#Tag", author="orchard.example")
    await amplify.run(services, NOW)
    clear(services, 1)
    clear(services, 2)
    services.store.holds.put(Scope(), int(NOW.timestamp()))
    await amplify.run(services, NOW)
    assert mastodon.boosts == []
    services.store.holds.lift(Scope())
    await amplify.run(services, NOW)
    await amplify.run(services, NOW + 6 * DAY)
    assert (len(mastodon.boosts), len(bluesky.reposts)) == (1, 0)
    await amplify.run(services, NOW + 7 * DAY)
    assert (len(mastodon.boosts), len(bluesky.reposts)) == (1, 1)


@pytest.mark.parametrize(
    ("scope", "waits"),
    [
        (Scope(campaign="trees"), True),
        (Scope(channel="our-mastodon"), True),
        (Scope(language="en"), True),
        (Scope(group="civil-society"), True),
        (Scope(country="KE"), True),
        (Scope(campaign="trees", channel="our-mastodon", country="KE"), True),
        (Scope(campaign="bees"), False),
        (Scope(channel="chat"), False),
        (Scope(language="e"), False),
        (Scope(group="company"), False),
        (Scope(country="PE"), False),
        (Scope(campaign="trees", country="PE"), False),
        (Scope(action="deed"), False),
    ],
)
async def test_what_is_passed_on_waits_for_each_hold_that_it_is_about(make, mastodon, scope, waits):
    services = make(mastodon)
    number = pledge(services, ("mastodon", "orchard@social.example"))
    services.store.database.execute("UPDATE pledge SET country = 'KE' WHERE id = :n", {"n": number})
    mastodon.add_other(NOW - HOUR, "#Tag", author="orchard@social.example")
    await amplify.run(services, NOW)
    clear(services)
    services.store.holds.put(scope, int(NOW.timestamp()))
    await amplify.run(services, NOW)
    assert (mastodon.boosts == []) is waits
    services.store.holds.lift(scope)
    await amplify.run(services, NOW)
    assert len(mastodon.boosts) == 1


async def test_what_its_author_deletes_is_forgotten(make, mastodon):
    services = make(mastodon)
    pledge(services, ("mastodon", "orchard@social.example"))
    mastodon.add_other(NOW - HOUR, "#Tag", author="orchard@social.example")
    mastodon.add_other(NOW - 2 * HOUR, "#Tag", author="orchard@social.example")
    await amplify.run(services, NOW)
    clear(services, 2)
    mastodon.others.posts.clear()
    await amplify.run(services, NOW)  # the approved one is found to be gone when it is boosted
    assert [row.id for row in services.store.amplify.all()] == [1]
    await amplify.run(services, NOW + 25 * HOUR)
    assert services.store.amplify.all() == []
    assert services.store.amplify.answers(2) == []


async def test_a_clock_that_is_set_back_lets_no_post_be_looked_for_later(make, mastodon):
    services = make(mastodon)
    pledge(services, ("mastodon", "orchard@social.example"))
    await amplify.run(services, NOW + 20 * DAY)
    mastodon.add_other(NOW - HOUR, "#Tag", author="orchard@social.example")
    await amplify.run(services, NOW)
    assert [row.id for row in services.store.amplify.all()] == [1]


async def test_no_post_is_too_old_by_a_clock_that_nobody_trusts_and_what_is_withdrawn_goes(
    make, mastodon
):
    services = make(mastodon)
    number = pledge(services, ("mastodon", "orchard@social.example"))
    mastodon.add_other(NOW - HOUR, "#Tag", author="orchard@social.example")
    await amplify.run(services, NOW)
    doubtful = replace(services, steady=lambda: False)
    await amplify.run(doubtful, NOW + 400 * DAY)
    assert [row.id for row in services.store.amplify.all()] == [1]
    services.store.pledges.move(number, PledgeState.APPROVED, "staff", 1)
    services.store.pledges.move(number, PledgeState.WITHDRAWN, "staff", 1)
    await amplify.run(doubtful, NOW + 400 * DAY)
    assert services.store.amplify.all() == []


async def test_a_withdrawn_pledge_takes_everything_back(make, mastodon):
    services = make(mastodon)
    number = pledge(services, ("mastodon", "orchard@social.example"))
    for hour in (1, 2):
        mastodon.add_other(NOW - hour * HOUR, "#Tag", author="orchard@social.example")
    await amplify.run(services, NOW)
    clear(services, 1)
    await amplify.run(services, NOW)
    services.store.pledges.move(number, PledgeState.APPROVED, "staff", 1)
    services.store.pledges.move(number, PledgeState.WITHDRAWN, "staff", 1)
    await amplify.run(services, NOW + HOUR)
    assert [(row.id, row.state) for row in services.store.amplify.all()] == [
        (1, ReviewState.RETRACTED)
    ]
    assert mastodon.boosts == []


async def test_nothing_is_kept_of_a_pledge_that_is_deleted(make, mastodon):
    services = make(mastodon)
    number = pledge(services, ("mastodon", "orchard@social.example"))
    mastodon.add_other(NOW - HOUR, "#Tag", author="orchard@social.example")
    await amplify.run(services, NOW)
    clear(services)
    await amplify.run(services, NOW)
    services.store.pledges.delete(number)
    await amplify.run(services, NOW + HOUR)
    assert mastodon.boosts == []
    for table in ("amplification", "amplification_answer", "account_verified"):
        assert services.store.database.value(f"SELECT count(*) FROM {table}") == 0


async def test_media_that_show_a_child_need_two_people(make, mastodon):
    services = make(mastodon)
    members = tuple(Member(name=login, login=login) for login in (ANNA, BEN))
    services = replace(services, settings=replace(services.settings, members=members))
    pledge(services, ("mastodon", "orchard@social.example"))
    mastodon.add_other(
        NOW - HOUR,
        "#Tag",
        author="orchard@social.example",
        media_attachments=[{"id": "1", "type": "image", "url": None}],
    )
    await amplify.run(services, NOW)
    assert review.approve(services, 1, said(**CHILD), ANNA, NOW).state is ReviewState.SECOND
    again = {name: word for name, word in CHILD.items() if name != "account"}
    with pytest.raises(UsageError, match="second person"):
        review.approve(services, 1, said(**again), ANNA, NOW)
    await amplify.run(services, NOW)
    assert mastodon.boosts == []
    assert review.approve(services, 1, said(**again), BEN, NOW).state is ReviewState.APPROVED
    await amplify.run(services, NOW)
    assert len(mastodon.boosts) == 1
    assert [given.by for given in services.store.amplify.answers(1)] == ["anna", "ben"]


async def test_the_same_gate_stands_before_links_that_were_sent_in(make, mastodon):
    services = make(mastodon)
    number = pledge(services)
    services.store.journeys.report(
        number, "prompt", 202106, "https://example.org/film", "person 1", 5
    )
    await amplify.run(services, NOW)
    [row] = queue(services)
    assert (row.is_link, row.uri, row.known) == (True, "https://example.org/film", True)
    assert services.store.amplify.public_links(number) == []
    clear(services, row.id)
    assert services.store.amplify.public_links(number) == ["https://example.org/film"]
    review.withdraw(services, row.id, "anna", NOW)
    assert services.store.amplify.public_links(number) == []
    await amplify.run(services, NOW + DAY)
    assert services.store.amplify.public_links(number) == []


@pytest.mark.parametrize(
    "trouble",
    [Trouble.UNAUTHORIZED, Trouble.TOO_MANY, Trouble.BROKEN, Trouble.MALFORMED, Trouble.CLOSED],
)
async def test_a_search_that_fails_is_told_and_tried_again(make, mastodon, trouble):
    services = make(mastodon)
    pledge(services, ("mastodon", "orchard@social.example"))
    mastodon.add_other(NOW - HOUR, "#Tag", author="orchard@social.example")
    good = services.networks["our-mastodon"]
    if trouble is Trouble.CLOSED:
        network = mastodon.build(load("mastodon"), trouble=trouble)
        services = replace(services, networks={**services.networks, "our-mastodon": network})
    else:
        mastodon.tell(trouble)
    await amplify.run(services, NOW)
    assert [a.subject for a in services.store.alerts.current()] == ["our-mastodon"]
    if trouble is Trouble.CLOSED:
        services = replace(services, networks={**services.networks, "our-mastodon": good})
    await amplify.run(services, NOW + HOUR)
    assert len(queue(services)) == 1
    assert [a.kind for a in services.store.alerts.current()] == ["review"]


# the chat


def chat(services, staff="77"):
    settings = replace(services.settings, chat=replace(services.settings.chat, staff=(int(staff),)))
    return ChatEntry(lambda: replace(services, settings=settings), "chat")


def press(entry, user, label, shown):
    button = next(b for row in shown.keyboard for b in row if b.label == label)
    return entry.handle(
        [Arrival(address=user, user=user, data=button.data, callback="1", message=5)], NOW
    )[0][0]


def opened(entry, user):
    return entry.handle([Arrival(address=user, user=user, event=Command(name="amplify"))], NOW)[0][
        0
    ]


async def test_staff_answer_the_checklist_in_their_chat(make, mastodon):
    services = make(mastodon)
    pledge(services, ("mastodon", "orchard@social.example"))
    mastodon.add_other(NOW - HOUR, "#Tag", author="orchard@social.example", text="We plant a tree")
    await amplify.run(services, NOW)
    entry = ChatEntry(lambda: services, "chat", staff=True)
    card = opened(entry, "77")
    assert "We plant a tree" in card.text
    assert "Orchard Friends" in card.text
    shown = press(entry, "77", "Go through the checklist", card)
    assert shown.text.startswith("1 of 7")
    shown = press(entry, "77", "Yes", shown)
    for _ in range(6):
        shown = press(entry, "77", "No", shown)
    shown = press(entry, "77", "Boost it", shown)
    assert "Approved" in shown.text
    assert state(services) is ReviewState.APPROVED
    await amplify.run(services, NOW)
    assert len(mastodon.boosts) == 1
    assert "No post and no link" in opened(entry, "77").text


async def test_what_is_cleared_for_a_channel_that_is_dry_is_said_to_leave_nowhere(make, mastodon):
    services = make(mastodon)
    pledge(services, ("mastodon", "orchard@social.example"))
    mastodon.add_other(NOW - HOUR, "#Tag", author="orchard@social.example", text="We plant a tree")
    await amplify.run(services, NOW)
    dry = replace(services, dry={"our-mastodon": "channel our-mastodon is dry: no token"})
    entry = ChatEntry(lambda: dry, "chat", staff=True)
    shown = press(entry, "77", "Go through the checklist", opened(entry, "77"))
    for label in ("Yes", "No", "No", "No", "No", "No", "No", "Boost it"):
        shown = press(entry, "77", label, shown)
    assert "the channel that would pass it on is dry" in shown.text
    assert "It goes out" not in shown.text


async def test_in_the_chat_a_risk_blocks_and_a_child_needs_another_person(make, mastodon):
    services = make(mastodon)
    pledge(services, ("mastodon", "orchard@social.example"))
    mastodon.add_other(NOW - HOUR, "#Tag", author="orchard@social.example")
    mastodon.add_other(NOW - 2 * HOUR, "#Tag", author="orchard@social.example")
    await amplify.run(services, NOW)
    entry = ChatEntry(lambda: services, "chat", staff=True)
    shown = press(entry, "77", "Go through the checklist", opened(entry, "77"))
    for label in ("Yes", "No", "No", "No", "I don’t know", "No", "No"):
        shown = press(entry, "77", label, shown)
    assert state(services, 1) is ReviewState.BLOCKED
    assert "does not go out" in shown.text
    shown = press(entry, "77", "Go through the checklist", press(entry, "77", "Next one", shown))
    for label in ("Yes", "Yes", "Yes", "Yes", "No", "No", "No", "Boost it")[
        0 if "7" in shown.text[:7] else 1 :
    ]:
        shown = press(entry, "77", label, shown)
    assert state(services, 2) is ReviewState.SECOND
    mine = [b.label for row in opened(entry, "88").keyboard for b in row]
    assert "Go through the checklist" in mine
    again = press(entry, "77", "Next one", shown)
    assert state(services, 2) is ReviewState.SECOND
    assert again.text


async def test_a_long_post_is_cut_at_a_word_and_the_card_says_where_all_of_it_is(make, mastodon):
    services = make(mastodon)
    pledge(services, ("mastodon", "orchard@social.example"))
    text = "We plant trees with the children of the village. " * 40 + "That was all."
    mastodon.add_other(NOW - HOUR, "#Tag", author="orchard@social.example", text=text)
    await amplify.run(services, NOW)
    card = opened(ChatEntry(lambda: services, "chat", staff=True), "77")
    shown = card.text.partition("\n")[2].partition(" …\n")[0]
    assert len(shown) > 1_400
    assert text.startswith(f"{shown} ")
    assert "only the beginning" in card.text
    assert "That was all" not in card.text


async def test_others_can_see_none_of_it(make, mastodon):
    services = make(mastodon)
    entry = chat(services)
    assert "Posts of pledge-makers" not in opened(entry, "5").text
    assert "No post and no link" in opened(entry, "77").text


@pytest.mark.parametrize("language", languages())
def test_every_text_can_be_said_in_every_language(language):
    texts = ChatTexts(read_files([TOP]))
    values = {
        "network": "x",
        "author": "orchard",
        "organisation": "",
        "url": "https://a.example",
        "text": "",
        "media": True,
        "number": 1,
        "of": 7,
        "count": 2,
        "second": True,
        "was_blocked": True,
        "mine": False,
        "blocks": ["risk"],
        "way": "quote",
        "hashtag": "#Tag",
    }
    blocks = texts.names(language, "amplify")
    assert blocks == texts.names("en", "amplify")
    assert {question.id for question in amplification.CHECKLIST} < set(blocks)
    for block in blocks:
        for network in ("x", ""):
            assert texts.text(f"amplify.{block}", language, {**values, "network": network})


# the command line


@pytest.fixture
def office(tmp_path, monkeypatch):
    config = write_operator(tmp_path, NOW.date())
    with live(config) as services:
        store = services.store
        new = NewPledge(
            campaign="trees",
            audience=Audience.ORGANIZATION,
            stakeholder="x",
            organisation="Orchard",
            country=None,
            language="en",
            answers={},
        )
        store.pledges.begin(new, "staff", 1)
        at = int(NOW.timestamp())
        store.amplify.add(
            [
                Candidate(network="mastodon", uri=f"https://a.example/{n}", post=str(n), url=f"https://a.example/{n}", author="o@a.example", pledge=1,
                      text=f"Text {n}", media=False, posted=NOW, channel="board")
                for n in (1, 2, 3)
            ],
            at,
        )  # fmt: skip
    return config


def test_staff_without_a_chat_decide_on_the_command_line(office, command):
    code, out, _ = command("amplify", "list", "--json")
    rows = json.loads(out)
    assert (code, [row["id"] for row in rows]) == (0, [1, 2, 3])
    assert rows[0]["state"] == "waiting"
    assert rows[0]["verified"] is False
    options = [f"--{name}={word}" for name, word in CLEAR.items()]
    code, _, err = command("amplify", "approve", 1, "--risk", "no")
    assert (code, "without an answer to account" in err) == (2, True)
    assert command("amplify", "approve", 1, *options)[0] == 0
    code, out, _ = command(
        "amplify", "approve", 2, *[o for o in options if "risk" not in o], "--risk=yes"
    )
    assert (code, "blocked by the answer to risk" in out) == (1, True)
    code, out, err = command("amplify", "reject", 3, 99)
    assert (code, out) == (1, "3: rejected\n")
    assert "there is no post or link 99" in err
    assert [
        row["state"] for row in json.loads(command("amplify", "list", "--all", "--json")[1])
    ] == ["approved", "blocked", "rejected"]
    assert command("amplify", "withdraw", 1)[1] == "1: rejected\n"
    assert "text or error" in command("amplify", "list", "--all")[1]


def test_what_is_approved_on_the_command_line_for_a_dry_channel_is_said_to_leave_nowhere(
    office, command, monkeypatch
):
    with live(office) as services:
        board = Candidate(network="mastodon", uri="https://a.example/4", post="4", url="https://a.example/4", author="o@a.example", pledge=1,
                          text="Text 4", media=False, posted=NOW, channel="m")  # fmt: skip
        services.store.amplify.add([board], int(NOW.timestamp()))
    text = office.read_text("utf-8")
    office.write_text(
        f'{text}\n[channels.m]\nnetwork = "mastodon"\nbase_url = "https://m.example"\nlanguage = "en"\n',
        "utf-8",
    )
    options = [f"--{name}={word}" for name, word in CLEAR.items()]
    code, out, _ = command("amplify", "approve", 4, *options)
    assert code == 0
    assert out == (
        "4: approved, but nothing leaves the channel that would pass it on: channel m is dry:"
        " DRUMBEAT_M_ACCESS_TOKEN not set\n"
    )
    monkeypatch.setenv("DRUMBEAT_M_ACCESS_TOKEN", "t")
    options = [option for option in options if "account" not in option]
    with live(office) as services:
        services.store.amplify.change(4, [ReviewState.APPROVED], ReviewState.FAILED, "422 no")
    assert "goes out when the pledge-maker's turn comes" in command("amplify", "approve", 4)[1]


def test_each_post_is_in_the_queue_once_whoever_it_belongs_to(office):
    with live(office) as services:
        one = services.store.amplify.get(1)
        twin = Candidate(
            network=one.network,
            uri=one.uri,
            post="1",
            url=one.url,
            author=one.author,
            pledge=2,
            text="",
            media=False,
            posted=NOW,
            channel=None,
        )
        assert services.store.amplify.add([twin], 5) == 0
        link = replace(twin, network="", uri="https://b.example/")
        assert services.store.amplify.add([link, replace(link, pledge=3)], 5) == 2


@pytest.mark.parametrize("way", ["quote", "boost"])
@pytest.mark.parametrize("language", languages())
def test_the_thanks_have_the_link_on_a_line_of_its_own(language, way):
    url = "https://a.example"
    said = ChatTexts(read_files([TOP])).text(
        f"amplify.told_{way}", language, {"url": url, "way": way}
    )
    assert said.splitlines()[1] == url
