"""A signature of ours on letters, where the operator has a key: checked as the receiving server does."""

import re
import subprocess

import dkim
import pytest
from fakes.base import channel, message
from strict_mail import mail_server

from bot.errors import AccountRefused
from bot.model import Letter, Secret
from bot.networks.apprise.network import Network

LETTER = Letter(
    subject="Ein Brief über Bäume",
    reply_to="Büro <buero@campaign.example>",
    sender="Büro der Kampagne",
    html="<p>Good morning!</p>",
    unsubscribe="https://campaign.example/leave/" + "a" * 90,
)


def openssl(*args, given=None):
    return subprocess.run(
        ["openssl", *args], input=given, capture_output=True, check=True, text=True
    ).stdout


@pytest.fixture(scope="module")
def key():
    return openssl("genrsa", "2048")


@pytest.fixture(scope="module")
def record(key):
    """What stands in DNS."""
    public = openssl("rsa", "-pubout", given=key)
    return f"v=DKIM1; k=rsa; p={''.join(public.splitlines()[1:-1])}".encode()


def network(server, key, **options):
    return Network(
        channel("apprise", options=options),
        {"url": Secret(server.url.replace("us@campaign", "us@xn--bcher-kva")), "dkim": Secret(key)},
    )


async def sent(key, letter=LETTER):
    async with mail_server() as server:
        built = network(server, key, dkim_selector="drumbeat2026")
        address = "ann@example.net" if letter else None
        given = message("Good morning!\n.\nEnd", address=address, recipient=int(letter is not None))
        await built.send(type(given)(**{**vars(given), "letter": letter}))
        await built.close()
    return server.taken[0].content


async def test_a_letter_is_signed_for_the_domain_in_from_and_the_signature_holds(key, record):
    asked = []

    def dns(name, timeout=5):
        asked.append(name)
        return record

    content = await sent(key)
    assert dkim.verify(content, dnsfunc=dns)
    assert asked == [b"drumbeat2026._domainkey.xn--bcher-kva.example."]
    assert not dkim.verify(content.replace(b"/leave/a", b"/leave/b"), dnsfunc=dns)
    one_click = b"List-Unsubscribe=One-Click"
    assert not dkim.verify(content.replace(one_click, b"x"), dnsfunc=dns)


async def test_a_server_on_its_way_may_fold_fields_anew(key, record):
    content = await sent(key)
    folded = content.replace(b"List-Unsubscribe: <", b"List-Unsubscribe:\r\n\t<", 1)
    assert folded != content
    assert dkim.verify(folded, dnsfunc=lambda *_, **__: record)


async def test_of_a_post_a_list_may_add_its_own_fields(key, record):
    content = await sent(key, letter=None)
    added = b"List-Unsubscribe: <mailto:leave@list.example>\r\n" + content
    assert dkim.verify(added, dnsfunc=lambda *_, **__: record)


async def test_a_key_with_the_line_ends_of_windows_signs_as_well(key, record):
    content = await sent(key.replace("\n", "\r\n"))
    assert dkim.verify(content, dnsfunc=lambda *_a, **_k: record)


@pytest.mark.parametrize(
    ("given", "options", "words"),
    [
        ("nonsense-of-some-length", {"dkim_selector": "a"}, "is no private RSA key in PEM"),
        (
            "-----BEGIN PRIVATE KEY-----\nnonsense1\n-----END PRIVATE KEY-----",
            {"dkim_selector": "a"},
            "is no private RSA key in PEM",
        ),
        (None, {}, r"needs dkim_selector under"),
        (None, {"dkim_selector": "a b"}, r"needs dkim_selector under"),
    ],
)
async def test_with_a_key_that_cannot_sign_nothing_leaves_and_it_is_told(
    key, given, options, words
):
    async with mail_server() as server:
        built = network(server, given or key, **options)
        for call in (built.send(message("For all.")), built.probe()):
            with pytest.raises(AccountRefused, match=words) as caught:
                await call
            assert "nonsense" not in str(caught.value)
            assert "PRIVATE" not in str(caught.value)
        await built.close()
    assert server.connections == 0


async def test_without_a_key_no_letter_is_signed():
    async with mail_server() as server:
        built = Network(channel("apprise"), {"url": Secret(server.url)})
        await built.send(message("For all."))
        await built.close()
    assert not re.search(rb"(?im)^dkim-signature:", server.taken[0].content)


async def test_a_name_of_a_key_that_is_not_there_is_told_and_letters_leave(heard):
    async with mail_server() as server:
        built = Network(
            channel("apprise", options={"dkim_selector": "a"}), {"url": Secret(server.url)}
        )
        await built.probe()
        await built.send(message("For all."))
        await built.close()
    assert len(server.taken) == 1
    assert "has no key: letters leave unsigned" in built.remarks[0]
    assert "has no key: letters leave unsigned" in "".join(heard)
