"""Every network at once, as an operator has it: one config, each channel at its own server over a
real socket.

An observance is posted with picture and alt text to all of them, its hashtag is counted at every
source, and one post of a pledge-maker is amplified.
"""

import asyncio
import struct
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from fakes.amplify import Bluesky, Mastodon, X
from fakes.mail import post_office, text_of
from fakes.telegram import Fake as Telegram
from helpers import write_pack

from bot import app
from bot.cli.common import open_library, open_settings
from bot.jobs.amplify import amplify, review
from bot.jobs.counting import collect, cost
from bot.jobs.operations import probe
from bot.jobs.planning import plan
from bot.jobs.sending import packs
from bot.jobs.sending.dispatch.allowance import accounts
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.model import Audience
from bot.model import State as Delivery
from bot.model.pledge import Handle, NewPledge, PledgeState
from bot.model.share import Answer, ReviewState

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*login_data:DeprecationWarning"),
    pytest.mark.slow,
]

HOUR = timedelta(hours=1)

_CONFIG = """
active = ["trees"]
roots = ["pack"]
database = "drumbeat.db"

[usage]
x = "bird"
bluesky = "sky"
mastodon = ["{mastodon}"]

[channels.bird]
network = "x"
base_url = "{x}"
language = "en"
approve = "auto"
hour = "{hour}"
ceiling = 5.0

[channels.elephant]
network = "mastodon"
base_url = "{mastodon}"
language = "en"
approve = "auto"
hour = "{hour}"

[channels.sky]
network = "bluesky"
base_url = "{bluesky}"
language = "en"
approve = "auto"
hour = "{hour}"

[channels.board]
network = "telegram"
base_url = "{telegram}"
target = "@our_channel"
language = "en"
approve = "auto"
hour = "{hour}"

[channels.letters]
network = "apprise"
language = "en"
approve = "auto"
hour = "{hour}"
"""


def png(width=2, height=2) -> bytes:
    """A small picture, whole down to its checksums."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    rows = b"".join(b"\0" + b"\xff\x80\0" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def write(folder, day, **values):
    write_pack(folder / "pack", day)
    calendar = folder / "pack" / "campaigns" / "trees" / "calendar.toml"
    calendar.write_text(
        calendar.read_text("utf-8").replace('grace = "12h"', 'grace = "12h"\npicture = "tree"'),
        "utf-8",
    )
    pictures = calendar.parent / "pictures"
    pictures.mkdir()
    (pictures / "tree.png").write_bytes(png())
    with (folder / "pack" / "content" / "en" / "trees" / "tree-day.j2").open(
        "a", encoding="utf-8"
    ) as file:
        file.write("{% block alt %}A drawing of a tree.{% endblock %}\n")
    (folder / "config.toml").write_text(_CONFIG.format(**values), "utf-8")
    return folder / "config.toml"


@pytest.fixture
async def world(tmp_path, heard):
    """Servers, services and the instant at which the post is due."""
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    async with X() as x, Mastodon() as mastodon, Bluesky() as bluesky, Telegram() as telegram:
        with post_office() as mail:
            config = write(
                tmp_path,
                now.date(),
                x=x.url,
                mastodon=mastodon.url,
                bluesky=bluesky.url,
                telegram=telegram.url,
                hour=f"{now:%H:%M}",
            )
            secrets = {
                "DRUMBEAT_BIRD_BEARER_TOKEN": x.counts.secrets["bearer_token"],
                "DRUMBEAT_LETTERS_URL": mail.url,
            }
            for name, fake in (
                ("BIRD", x),
                ("ELEPHANT", mastodon),
                ("SKY", bluesky),
                ("BOARD", telegram),
            ):
                secrets |= {
                    f"DRUMBEAT_{name}_{field.upper()}": value
                    for field, value in fake.secrets.items()
                }
            settings = open_settings(config)
            services = app.open_live(
                settings, open_library(settings, settings.active), environ=secrets
            )
            try:
                yield (
                    services,
                    now,
                    {
                        "x": x,
                        "mastodon": mastodon,
                        "bluesky": bluesky,
                        "telegram": telegram,
                        "mail": mail,
                    },
                )
            finally:
                await app.close(services)
            for secret in (
                value
                for name, value in secrets.items()
                if not name.endswith(("_HANDLE", "LETTERS_URL"))
            ):
                assert not any(secret in line for line in heard)
                assert secret.encode() not in settings.database.read_bytes()


async def send(services, now):
    """Let every account send until nothing is left."""
    plan.run(services, now)
    dispatchers = [Dispatcher(services, account, now) for account in accounts(services)]
    for minute in range(10):
        for dispatcher in dispatchers:
            await dispatcher.step(now + minute * timedelta(minutes=1))
    for dispatcher in dispatchers:
        await dispatcher.close(now + timedelta(minutes=10))


def states(services):
    return {entry.channel: entry.state for entry in services.store.listing.entries()}


async def test_an_observance_reaches_every_network_with_picture_and_alt_text(world):
    services, now, servers = world
    assert services.dry == {}
    await probe.run(services, now)
    assert services.store.channels.paused() == []
    await send(services, now)
    assert states(services) == dict.fromkeys(
        ("bird", "elephant", "sky", "board", "letters"), Delivery.SENT
    )
    text, alt = "Today we plant trees. #Trees", "A drawing of a tree."
    x, mastodon, bluesky, telegram, mail = servers.values()
    assert [fake.texts for fake in (x, mastodon, bluesky, telegram)] == [[text]] * 4
    assert [media["alt"] for media in x.media.values()] == [alt]
    assert [media["description"] for media in mastodon.media.values()] == [alt]
    [(record, _)] = bluesky.records.values()
    assert [image["alt"] for image in record["embed"]["images"]] == [alt]
    assert record["facets"][0]["features"][0]["tag"] == "Trees"
    [message] = telegram.messages.values()
    assert (message["caption"], len(message["photo"])) == (text, 1)
    [letter] = mail.mails
    assert text in text_of(letter)
    assert [part.get_content_type() for part in letter.iter_attachments()] == ["image/png"]
    links = {entry.channel: entry.url for entry in services.store.listing.entries()}
    assert links["bird"].startswith("https://x.com/")
    assert links["sky"].startswith("https://bsky.app/")


async def test_the_hashtag_is_counted_at_every_source(world):
    services, now, servers = world
    x, mastodon, bluesky = servers["x"], servers["mastodon"], servers["bluesky"]
    x.counts.now = now
    x.counts.hours[now.replace(minute=0) - 3 * HOUR] = 7
    for minutes in (60, 90):
        mastodon.add_other(now - timedelta(minutes=minutes), "#Trees", author="ada@social.example")
        bluesky.add(now - timedelta(minutes=minutes), "#Trees")
    assert await collect.run(services, now) > 0
    samples = services.store.samples.within("#trees", now - timedelta(days=7), now)
    assert {sample.network for sample in samples} == {"x", "mastodon", "bluesky"}
    assert sum(sample.uses for sample in samples if sample.network == "x") == 7
    assert sum(sample.uses for sample in samples if sample.network == "bluesky") == 2
    assert services.uncollected == {}
    assert [alert.kind for alert in services.store.alerts.current() if alert.kind == "blind"] == []


async def test_one_post_of_a_pledge_maker_is_amplified_and_all_is_on_the_bill(world):
    services, now, servers = world
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
    pledge = store.pledges.begin(new, "staff", 1)
    store.pledges.move(pledge, PledgeState.SUBMITTED, "staff", 1)
    handles = [
        Handle(network="x", name="orchard", url=""),
        Handle(network="mastodon", name="orchard@social.example", url=""),
        Handle(network="bluesky", name="orchard.example", url=""),
    ]
    store.pledges.set_handles(pledge, handles, "staff", 1)
    number = servers["x"].add_other(now - HOUR, "orchard", "We plant #Trees")
    servers["mastodon"].add_other(now - HOUR, "#Trees", author="orchard@social.example")
    servers["bluesky"].add(now - HOUR, "#Trees", author="orchard.example")
    await amplify.run(services, now)
    rows = {row.network: row for row in store.amplify.all()}
    assert set(rows) == {"x", "mastodon", "bluesky"}
    no = dict.fromkeys(("shown", "child", "consent", "risk", "dignity", "place"), Answer.NO)
    for row in rows.values():
        review.approve(services, row.id, {**no, "account": Answer.YES}, "anna", now)
    await asyncio.gather(amplify.run(services, now))
    done = [row for row in store.amplify.all() if row.state is ReviewState.SENT]
    assert len(done) == 1  # one a week for a pledge-maker, over all networks
    assert (
        len(servers["x"].reposts)
        + len(servers["mastodon"].boosts)
        + len(servers["bluesky"].reposts)
        == 1
    )
    for week in (1, 2):
        for row in rows.values():  # they still stand
            store.amplify.stands(row.id, int((now + timedelta(days=7 * week)).timestamp()))
        await amplify.run(services, now + timedelta(days=7 * week - 1) + HOUR * 24)
    assert number in servers["x"].reposts
    assert len(servers["mastodon"].boosts) == 1
    spent = {
        each.kind for each in store.ledger.between(now.date(), now.date() + timedelta(days=30))
    }
    assert {"post", "read"} <= spent
    assert cost.spent(services, services.settings.channels["bird"], now) > 0


async def test_where_one_network_refuses_the_token_the_others_post_and_staff_get_a_pack(world):
    services, now, servers = world
    servers["mastodon"].secrets = {"access_token": "another"}
    await probe.run(services, now)
    assert [one.name for one in services.store.channels.paused()] == ["elephant"]
    await send(services, now)
    assert states(services) == {
        **dict.fromkeys(("bird", "sky", "board", "letters"), Delivery.SENT),
        "elephant": Delivery.QUEUED,
    }
    [pack] = packs.packs(services, now, "mastodon")
    assert (pack.text, pack.alt, pack.picture.name) == (
        "Today we plant trees. #Trees",
        "A drawing of a tree.",
        "tree.png",
    )
    packs.posted(services, pack.id, "https://social.example/@ours/1", "anna", now)
    assert states(services)["elephant"] is Delivery.SENT
