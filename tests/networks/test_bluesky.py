"""Bluesky: keys that follow from the delivery, facets in bytes, sessions, pictures and threads
against a strict server.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from aiohttp import web
from fakes.base import SINCE, Trouble, channel, message
from fakes.bluesky import DID, PNG, TID, Fake

from bot.errors import AccountRefused, RateLimited, Refused, TryLater, Unanswered
from bot.model import Secret
from bot.networks.bluesky import client as _bluesky_client
from bot.networks.bluesky.network import Network, facets, rkey


@pytest.fixture
async def fake() -> AsyncIterator[Fake]:
    async with Fake() as fake:
        yield fake


@pytest.fixture
async def network(fake) -> AsyncIterator[Network]:
    network = fake.build(Network)
    yield network
    await network.close()


@pytest.fixture
def picture(tmp_path):
    file = tmp_path / "card.png"
    file.write_bytes(PNG)
    return file


def record(fake, number: int = 0):
    """A record without the names of types that the library writes everywhere."""
    found = list(fake.records.values())[number][0]
    return plain({name: value for name, value in found.items() if name != "$type"})


def plain(value):
    match value:
        case {"$type": kind, **rest} if not kind.startswith(
            "app.bsky.richtext.facet#"
        ) or kind.endswith("byteSlice"):
            return plain(rest)
        case dict():
            return {name: plain(each) for name, each in value.items()}
        case list():
            return [plain(each) for each in value]
    return value


async def test_a_post_has_its_language_its_time_and_an_address(fake, network):
    receipt = await network.send(message("Hola.", language="es"))
    assert record(fake) == {
        "text": "Hola.",
        "createdAt": "2021-05-01T07:00:00.000Z",
        "langs": ["es"],
    }
    (key,) = fake.records
    assert receipt.id == f"at://{DID}/app.bsky.feed.post/{key}"
    assert receipt.url == f"https://bsky.app/profile/{DID}/post/{key}"
    assert fake.calls == ["createSession", "putRecord"]


# Keys


async def test_sending_again_changes_nothing(fake, network):
    fake.tell(Trouble.SILENT)
    with pytest.raises(Unanswered):
        await network.send(message("Once."))
    receipt = await network.send(message("Once."))
    assert fake.texts == ["Once."]
    assert fake.commits == 1
    assert await network.find(message("Once.")) == receipt


def test_a_key_is_a_tid_of_the_day_before_and_follows_from_delivery_and_day_alone():
    given = replace(message(), day=date(2021, 6, 12))
    key = rkey(given, 0)
    assert TID.fullmatch(key)
    assert rkey(replace(given, since=SINCE + timedelta(hours=5)), 0) == key, (
        "not from the time of the attempt"
    )
    assert rkey(replace(given, body=message("Another text.").body), 0) == key
    others = {
        rkey(given, 1),
        rkey(replace(given, day=date(2022, 6, 12)), 0),
        rkey(replace(message(occurrence=8), day=given.day), 0),
    }
    assert len(others | {key}) == 4
    value = 0
    for sign in key:
        value = value * 32 + "234567abcdefghijklmnopqrstuvwxyz".index(sign)
    assert datetime.fromtimestamp((value >> 10) / 1_000_000, UTC).date() == date(2021, 6, 11)


def test_no_two_of_many_deliveries_share_a_key():
    day = date(2021, 6, 12)
    keys = [
        rkey(replace(message(occurrence=n), day=day), part)
        for n in range(2_000)
        for part in range(3)
    ]
    assert len(set(keys)) == len(keys)
    assert all(TID.fullmatch(key) for key in keys)


async def test_a_late_post_stands_above_what_others_wrote_an_hour_ago(fake, network):
    now = datetime.now(UTC)
    await network.send(replace(message("Of an hour ago."), since=now - timedelta(hours=1)))
    await network.send(replace(message("Late.", occurrence=8), since=now))
    assert fake.feed() == ["Late.", "Of an hour ago."]


# Facets


def covered(text: str) -> list[tuple[str, str]]:
    raw = text.encode()
    found = []
    for facet in facets(text):
        index, (feature,) = facet["index"], facet["features"]
        found.append(
            (
                raw[index["byteStart"] : index["byteEnd"]].decode(),
                feature.get("tag") or feature["uri"],
            )
        )
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Plain, 100% & no #1", []),
        ("#Tag", [("#Tag", "Tag")]),
        (
            "Día 👩🏽‍🌾 #Niñez: https://example.org/año?x=1#d.",
            [
                ("#Niñez", "Niñez"),
                ("https://example.org/año?x=1#d", "https://example.org/año?x=1#d"),
            ],
        ),
        (
            "See example.org/x and #A, #B!",
            [("example.org/x", "https://example.org/x"), ("#A", "A"), ("#B", "B")],
        ),
        (
            "يوم \u2068#EndWork\u2069 و \u2068https://example.org\u2069",
            [("#EndWork", "EndWork"), ("https://example.org", "https://example.org")],
        ),
        ("#" + "a" * 65 + " #" + "b" * 64, [("#" + "b" * 64, "b" * 64)]),
        ("a@b.example is no link", []),
        ("“https://w.example/q”", [("https://w.example/q", "https://w.example/q")]),
        ("« w.org/é »… «w.org/é».", [("w.org/é", "https://w.org/é")] * 2),
    ],
)
def test_hashtags_and_links_are_marked_by_their_bytes(text, expected):
    assert covered(text) == expected


async def test_the_server_takes_the_marks(fake, network):
    await network.send(message("👩🏽‍🌾 #Niñez https://example.org"))
    assert [facet["index"] for facet in record(fake)["facets"]] == [
        {"byteStart": 16, "byteEnd": 23},
        {"byteStart": 24, "byteEnd": 43},
    ]


# Limits


async def test_graphemes_and_bytes_both_count(fake, network):
    with pytest.raises(Refused, match="counts 301, but 300 is the most"):
        await network.send(message("a" * 301))
    family = "👩‍👩‍👧‍👦"
    with pytest.raises(Refused, match="takes 3025 bytes, but 3000 is the most"):
        await network.send(message(family * 121))
    await network.send(message(family * 120))
    assert fake.calls == ["createSession", "putRecord"]


async def test_a_picture_goes_with_its_alt_text(fake, network, picture):
    await network.send(message("Hello.", picture=picture))
    assert fake.calls == ["createSession", "uploadBlob", "putRecord"]
    ((link, (content, kind)),) = fake.blobs.items()
    assert (content, kind) == (PNG, "image/png")
    (image,) = record(fake)["embed"]["images"]
    assert image == {
        "alt": "A card.",
        "aspectRatio": {"width": 4, "height": 3},
        "image": {"ref": {"$link": link}, "mimeType": "image/png", "size": len(PNG)},
    }
    await network.send(message("Hello.", picture=picture))
    assert fake.commits == 1, "the same picture makes the same record"


async def test_a_picture_that_was_not_made_ready_never_leaves(fake, network, picture):
    sent = message("Hello.", picture=picture)
    raw = replace(sent, body=replace(sent.body, picture=replace(sent.body.picture, mime="")))
    with pytest.raises(Refused, match=r"card\.png still holds what its camera wrote into it"):
        await network.send(raw)
    assert fake.calls == []


async def test_a_picture_too_large_is_told_before_anything_leaves(fake, network, picture):
    picture.write_bytes(PNG + b"x" * 2_000_000)
    with pytest.raises(Refused, match=r"card\.png has 2,000,008 bytes, but 2,000,000 is the most"):
        await network.send(message(picture=picture))
    assert fake.calls == []


@pytest.mark.parametrize(
    "trouble", [Trouble.SILENT, Trouble.MALFORMED, Trouble.UNAVAILABLE, Trouble.GATEWAY_TIMEOUT]
)
async def test_an_upload_that_fails_never_makes_a_delivery_uncertain(
    fake, network, picture, trouble
):
    fake.tell(trouble, on="uploadBlob")
    with pytest.raises(TryLater):
        await network.send(message(picture=picture))
    assert fake.texts == []


# Sessions


async def test_a_session_is_opened_once(fake, network):
    for n in range(4):
        await network.send(message(f"No. {n}", occurrence=n))
    assert await network.probe() == "@ours.bsky.example"
    assert fake.calls == ["createSession", *["putRecord"] * 4, "getSession"]


async def test_a_network_built_anew_goes_on_with_the_session(fake, network):
    await network.send(message("One."))
    await network.close()
    again = fake.build(Network)
    await again.send(message("Two.", occurrence=8))
    assert fake.calls == ["createSession", "putRecord", "putRecord"]
    await again.close()


async def test_a_new_password_opens_a_new_session(fake, network):
    await network.send(message("One."))
    fake.password = "wwww-xxxx-yyyy-zzzz"
    again = Network(
        channel("bluesky", base_url=fake.url),
        {"handle": Secret(fake.secrets["handle"]), "app_password": Secret(fake.password)},
    )
    await again.send(message("Two.", occurrence=8))
    assert fake.calls == ["createSession", "putRecord", "createSession", "putRecord"]
    await again.close()


async def test_a_token_that_runs_out_soon_is_refreshed_in_time(fake, network):
    fake.lives = 600.0
    await network.send(message("One."))
    await network.send(message("Two.", occurrence=8))
    assert fake.calls == [
        "createSession",
        "refreshSession",
        "putRecord",
        "refreshSession",
        "putRecord",
    ]
    assert fake.texts == ["One.", "Two."]


@pytest.mark.parametrize("lost", ["access", "both"])
async def test_a_session_that_is_over_is_opened_anew_at_the_next_attempt(fake, network, lost):
    await network.send(message("One."))
    fake.tokens.clear()
    if lost == "both":
        fake.refreshers.clear()
    with pytest.raises(TryLater, match="the session is over"):
        await network.send(message("Two.", occurrence=8))
    await network.send(message("Two.", occurrence=8))
    assert fake.texts == ["One.", "Two."]
    assert fake.calls.count("createSession") == 2


async def test_after_a_change_of_session_only_the_new_one_signs(fake, network):
    await network.send(message("One."))
    fake.tokens.clear()
    with pytest.raises(TryLater):
        await network.send(message("Two.", occurrence=8))
    await network.send(message("Two.", occurrence=8))
    assert await network.probe()


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (Trouble.UNAUTHORIZED, AccountRefused),
        (Trouble.BAD_REQUEST, AccountRefused),
        (Trouble.TOO_MANY, RateLimited),
        (Trouble.UNAVAILABLE, TryLater),
        (Trouble.GATEWAY_TIMEOUT, TryLater),
        (Trouble.SILENT, TryLater),
        (Trouble.MALFORMED, TryLater),
        (Trouble.EMPTY, TryLater),
        (Trouble.DROPPED_BEFORE, TryLater),
    ],
)
async def test_a_login_that_fails_leaves_nothing_uncertain(fake, network, trouble, error):
    fake.tell(trouble, on="createSession")
    with pytest.raises(error) as caught:
        await network.send(message("Later."))
    assert type(caught.value) is error
    assert str(caught.value).startswith("our-bluesky: the login")
    await network.send(message("Later."))
    assert fake.texts == ["Later."]


@pytest.mark.parametrize("handle", ["@{}", "\u2068{}\u2069", " {}\n", "\u202a@{}\u202c"])
async def test_a_handle_is_taken_without_what_copying_adds(fake, handle):
    secrets = {name: Secret(value) for name, value in fake.secrets.items()}
    secrets["handle"] = Secret(handle.format(fake.secrets["handle"]))
    network = Network(channel("bluesky", base_url=fake.url), secrets)
    assert await network.probe() == "@ours.bsky.example"
    await network.close()


async def test_a_wrong_password_stops_the_account_and_says_what_to_do(fake, network):
    fake.password = "another"
    with pytest.raises(
        AccountRefused,
        match="401 AuthenticationRequired: Invalid identifier or password: make a new app password",
    ):
        await network.probe()


async def test_tokens_and_the_password_are_in_no_log(fake, network, heard):
    fake.lives = 600.0
    await network.send(message("One."))
    await network.probe()
    log = "".join(heard)
    assert "httpx" in log, "logging is on"
    for secret in (*fake.tokens, *fake.refreshers, fake.secrets["app_password"], "Bearer"):
        assert secret not in log
    assert "eyJ" not in repr(_bluesky_client._sessions)


# Threads


def thread(**more):
    return message("First. #Tag", thread=("Second: https://example.org", "Third."), **more)


async def test_a_thread_answers_itself_each_post_under_a_key_of_its_own(fake, network):
    receipt = await network.send(thread())
    uris = receipt.id.split(",")
    cids = [made for _, made in fake.records.values()]
    assert "reply" not in record(fake, 0)
    assert record(fake, 1)["reply"] == {
        "root": {"uri": uris[0], "cid": cids[0]},
        "parent": {"uri": uris[0], "cid": cids[0]},
    }
    assert record(fake, 2)["reply"] == {
        "root": {"uri": uris[0], "cid": cids[0]},
        "parent": {"uri": uris[1], "cid": cids[1]},
    }
    assert [record(fake, n)["createdAt"][17:19] for n in range(3)] == ["00", "01", "02"]
    assert await network.find(thread()) == receipt
    await network.delete(receipt, None)
    assert fake.records == {}


@pytest.mark.parametrize("trouble", [Trouble.UNAVAILABLE, Trouble.SILENT, Trouble.DROPPED_BEFORE])
async def test_a_thread_that_broke_off_is_completed_by_sending_it_again(fake, network, trouble):
    deny_after(fake, 1, trouble)
    with pytest.raises(Unanswered, match="post 2 of 3 failed"):
        await network.send(thread())
    part = await network.find(thread())
    assert part is not None
    assert not part.complete
    assert (await network.send(thread())).complete
    assert fake.texts == ["First. #Tag", "Second: https://example.org", "Third."]
    assert fake.commits == 3, "nothing twice"


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (Trouble.BAD_REQUEST, Refused),
        (Trouble.TOO_MANY, RateLimited),
        (Trouble.PAYMENT, AccountRefused),
    ],
)
async def test_a_thread_that_can_not_go_on_is_taken_back(fake, network, trouble, error):
    deny_after(fake, 2, trouble)
    with pytest.raises(error) as caught:
        await network.send(thread())
    assert type(caught.value) is error
    assert fake.records == {}


def deny_after(fake, posts: int, trouble: Trouble) -> None:
    """Make the trouble at the post that follows on so many."""
    answer = fake._next

    def later(request):
        if request.path.endswith("putRecord") and len(fake.records) == posts:
            fake._next = answer
            return trouble
        return None

    fake._next = later


# Refusals


@pytest.mark.parametrize("word", ["AccountTakedown", "AccountDeactivated"])
async def test_a_refusal_of_the_account_stops_it(fake, network, word):
    fake.said[400] = (word, "Account has been taken down")
    fake.tell(Trouble.BAD_REQUEST)
    with pytest.raises(AccountRefused, match=word):
        await network.send(message())


async def test_a_429_rests_until_the_reset_that_the_server_names(fake, network):
    fake.tell(Trouble.TOO_MANY)
    with pytest.raises(RateLimited) as caught:
        await network.send(message())
    assert 200 < caught.value.retry_after <= 251


async def test_a_redirect_is_not_followed_with_our_password(fake, network, monkeypatch):
    async def elsewhere(request):
        return _redirect(fake.url)

    monkeypatch.setattr(fake, "answer", elsewhere)
    with pytest.raises(AccountRefused):
        await network.send(message())
    assert fake.hits == 0


def _redirect(url: str):
    return web.Response(
        status=307, headers={"Location": f"{url}/xrpc/com.atproto.server.getSession"}
    )


async def test_an_error_holds_no_request(fake, network):
    fake.tell(Trouble.UNAVAILABLE)
    with pytest.raises(TryLater) as caught:
        await network.send(message())
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert not re.search("Bearer|eyJ", repr(caught.value))
