"""How letters are handed to a mail server: the envelope, one connection for several, and what has
left when it breaks.
"""

import socket
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date

import pytest
from fakes.base import IMPATIENT, channel, message
from strict_mail import mail_server

from bot.errors import AccountRefused, Blocked, Busy, RateLimited, Refused, TryLater, Unanswered
from bot.model import Letter, Secret
from bot.networks.apprise.network import Network

PEOPLE = ["ann@example.net", "bob@example.net", "cem@example.net"]


@asynccontextmanager
async def account(*, bounces=None, **script):
    """A strict server with its script, and our account there."""
    async with mail_server(**script) as server:
        impatient = type("Network", (Network,), {"BOUNDS": IMPATIENT})
        options = {"bounces": bounces} if bounces else {}
        network = impatient(channel("apprise", options=options), {"url": Secret(server.url)})
        yield network, server
        await network.close()


def letter(address="ann@example.net", recipient=3, **values):
    values = {"subject": "A subject", "reply_to": None, "token": "3-7-abcdefgh", **values}
    sent = message("Good morning!", address=address, recipient=recipient)
    return replace(sent, letter=Letter(**values), day=date(2026, 6, 12))


async def test_the_envelope_names_the_person_where_the_operator_has_an_address_for_it():
    async with account(bounces="reports@Bücher.example") as (network, server):
        await network.send(letter())
    (taken,) = server.taken
    assert taken.sender == "reports+3-7-abcdefgh@xn--bcher-kva.example"
    assert taken.mail["From"] == "Our office <us@campaign.example>"


async def test_without_such_an_address_the_sender_is_the_one_in_from():
    async with account() as (network, server):
        await network.send(letter())
        await network.send(message("For all.", occurrence=8))
    assert [taken.sender for taken in server.taken] == ["us@campaign.example"] * 2


async def test_an_address_for_reports_that_is_none_stops_the_account_before_anything_leaves():
    async with account(bounces="https://campaign.example") as (network, server):
        with pytest.raises(AccountRefused, match=r"bounces under .* is no e-mail address"):
            await network.send(letter())
    assert server.connections == 0


async def test_a_server_that_reports_is_asked_for_what_failed_with_the_name_of_the_delivery():
    async with account() as (network, server):
        await network.send(letter())
    (taken,) = server.taken
    assert taken.options == {
        "SIZE": str(len(taken.content)),
        "RET": "HDRS",
        "ENVID": "7-1-3.20260612.drumbeat",
        "NOTIFY": "FAILURE,DELAY",
    }
    assert taken.mail["Message-ID"] == "<7-1-3.20260612.drumbeat@campaign.example>"


async def test_a_server_that_does_not_is_asked_for_nothing():
    async with account(extensions=()) as (network, server):
        await network.send(letter())
    assert server.taken[0].options == {}


async def test_a_letter_has_its_own_sender_text_html_and_ways_back():
    async with account() as (network, server):
        await network.send(
            letter(
                sender="Büro der Kampagne",
                reply_to="Büro <buero@campaign.example>",
                html="<p>Good <b>morning</b>!</p>",
                unsubscribe="https://campaign.example/leave/" + "a" * 90,
            )
        )
    mail = server.taken[0].mail
    assert mail["From"] == "Büro der Kampagne <us@campaign.example>"
    assert mail["Reply-To"] == "Büro <buero@campaign.example>"
    assert mail.get_body(("plain",)).get_content() == "Good morning!\r\n"
    assert mail.get_body(("html",)).get_content() == "<p>Good <b>morning</b>!</p>\r\n"
    assert b"\r\nList-Unsubscribe: <https://campaign.example/leave/" in server.taken[0].content


async def test_a_letter_leaves_whatever_is_written_for_answers():
    async with account() as (network, server):
        await network.send(letter(reply_to="Open Mon: 9; Tue 10 <us@campaign.example>"))
    (taken,) = server.taken
    assert "Reply-To" not in taken.mail


async def test_a_line_that_begins_with_a_dot_arrives_as_it_was_written():
    async with account() as (network, server):
        await network.send(replace(letter(), body=message("One\n.\n..two\nend").body))
    assert server.taken[0].mail.get_content() == "One\r\n.\r\n..two\r\nend\r\n"


async def test_several_letters_go_over_one_connection_whatever_becomes_of_one():
    answers = {"bob@example.net": ["550 5.1.1 unknown user"]}
    async with account(answers=answers) as (network, server):
        await network.send(letter(PEOPLE[0]))
        with pytest.raises(Blocked):
            await network.send(letter(PEOPLE[1]))
        await network.send(letter(PEOPLE[2]))
        assert server.connections == 1
        await network.idle()
        await network.send(letter(PEOPLE[0]))
    assert server.connections == 2
    assert [taken.recipients for taken in server.taken] == [[PEOPLE[0]], [PEOPLE[2]], [PEOPLE[0]]]


@pytest.mark.parametrize("ends", ["", "421 4.4.2 timeout exceeded"])
async def test_a_connection_that_the_server_has_ended_is_made_anew_and_the_letter_leaves_once(ends):
    async with account(answers={"MAIL": ["250 ok", ends]}) as (network, server):
        await network.send(letter(PEOPLE[0]))
        await network.send(letter(PEOPLE[1]))
    assert server.connections == 2
    assert [taken.recipients for taken in server.taken] == [[PEOPLE[0]], [PEOPLE[1]]]


@pytest.mark.parametrize("step", ["EHLO", "MAIL", "RCPT", "DATA"])
async def test_what_was_not_handed_over_has_not_left(step):
    async with account(answers={step: [""]}) as (network, server):
        with pytest.raises(TryLater, match="no connection to the mail server"):
            await network.send(letter())
        assert server.taken == []
        await network.send(letter())
    assert len(server.taken) == 1


async def test_what_was_handed_over_and_never_answered_is_uncertain():
    async with account(answers={".": [""]}) as (network, _):
        with pytest.raises(Unanswered, match="no answer whether the mail server took it"):
            await network.send(letter())


@pytest.mark.parametrize(
    ("step", "answer", "kind"),
    [
        ("MAIL", "550 5.7.1 sender rejected", AccountRefused),
        ("MAIL", "552 5.3.4 too large", Refused),
        ("MAIL", "451 4.3.0 try again", TryLater),
        ("RCPT", "550 5.1.1 unknown user", Blocked),
        ("RCPT", "451 4.7.1 Greylisted", Busy),
        ("DATA", "450 4.7.1 rate limit exceeded", RateLimited),
        (".", "552 5.2.2 mailbox full", Busy),
        (".", "550 5.7.1 blocked using a.list", AccountRefused),
        ("greeting", "554 5.7.1 no service for your address", AccountRefused),
        ("greeting", "421 4.3.2 too busy", TryLater),
    ],
)
async def test_an_answer_at_each_step_is_understood_and_the_next_letter_leaves(step, answer, kind):
    async with account(answers={step: [answer]}) as (network, server):
        with pytest.raises(kind) as caught:
            await network.send(letter())
        assert type(caught.value) is kind
        assert answer in str(caught.value)
        await network.send(letter(PEOPLE[1]))
    assert [taken.recipients for taken in server.taken] == [[PEOPLE[1]]]


async def test_of_two_recipients_of_posts_the_second_makes_it_uncertain():
    answers = {"b@campaign.example": ["550 5.1.1 unknown user"]}
    async with mail_server(answers=answers) as server:
        url = server.url.replace("to=list", "to=list@campaign.example,b")
        network = Network(channel("apprise"), {"url": Secret(url)})
        with pytest.raises(Unanswered, match="not all of several recipients took it"):
            await network.send(message("For all."))
        await network.close()
    assert len(server.taken) == 1


async def test_a_recipient_of_posts_who_is_gone_keeps_them_from_nobody_behind():
    answers = {"list@campaign.example": ["550 5.1.1 unknown user"]}
    async with mail_server(answers=answers) as server:
        url = server.url.replace("to=list", "to=list@campaign.example,b")
        network = Network(channel("apprise"), {"url": Secret(url)})
        with pytest.raises(Unanswered, match=r"not all of several recipients took it.* 5\.1\.1"):
            await network.send(message("For all."))
        await network.close()
    assert [taken.recipients for taken in server.taken] == [["b@campaign.example"]]


async def test_where_no_recipient_of_posts_takes_one_it_is_refused():
    async with mail_server(answers={"RCPT": ["550 5.1.1 unknown user"] * 2}) as server:
        url = server.url.replace("to=list", "to=list@campaign.example,b")
        network = Network(channel("apprise"), {"url": Secret(url)})
        with pytest.raises(Refused, match=r"5\.1\.1 unknown user"):
            await network.send(message("For all."))
        await network.close()
    assert server.taken == []


async def test_a_server_that_takes_long_over_much_is_waited_for():
    text = "Good morning! " * 8_000
    async with account(slow=IMPATIENT.answer + 0.3) as (network, server):
        await network.send(
            replace(letter(), letter=Letter(subject="A subject", reply_to=None, html=text))
        )
    assert len(server.taken) == 1


async def test_copies_of_posts_are_as_the_address_says_and_none_is_made_of_a_letter():
    async with mail_server() as server:
        url = server.url + "&cc=c@campaign.example&bcc=d@campaign.example&reply=r@campaign.example"
        network = Network(channel("apprise"), {"url": Secret(url + "&+Precedence=bulk")})
        await network.send(message("For all."))
        await network.send(letter())
        await network.close()
    post, single = server.taken
    assert post.recipients == ["list@campaign.example", "c@campaign.example", "d@campaign.example"]
    assert post.mail["Cc"] == "c@campaign.example"
    assert post.mail["Reply-To"] == "r@campaign.example"
    assert post.mail["Precedence"] == "bulk"
    assert b"d@campaign.example" not in post.content
    assert single.recipients == ["ann@example.net"]
    assert single.mail["Cc"] is None


async def test_what_an_address_asks_for_in_vain_is_named_without_its_value(heard):
    async with mail_server() as server:
        url = server.url + "&pgp=sign&inline=yes&+Message-ID=s3cr3t-id"
        network = Network(channel("apprise"), {"url": Secret(url)})
        assert await network.probe() == "E-Mail"
        await network.close()
    assert "pgp, inline, +Message-ID" in network.remarks[0]
    assert "pgp, inline, +Message-ID" in "".join(heard)
    assert "s3cr3t" not in "".join(heard)


async def test_options_of_e_mail_on_another_service_are_told():
    options = {"bounces": "reports@campaign.example", "dkim_selector": "a"}
    built = Network(channel("apprise", options=options), {"url": Secret("json://127.0.0.1:9")})
    await built.probe()
    await built.close()
    (told,) = built.remarks
    assert told.startswith("bounces and dkim_selector under its options: ")
    assert told.endswith(" is no e-mail")


async def test_a_name_that_was_not_known_at_first_is_looked_up_for_the_next_connection(monkeypatch):
    monkeypatch.setattr(socket, "gethostbyname", lambda _: "127.0.1.1")
    async with account() as (network, server):
        for name in ("bot", "bot.campaign.example", "other.example"):
            monkeypatch.setattr(socket, "getfqdn", lambda name=name: name)
            await network.send(letter())
            server.writers[-1].close()
    assert server.greeted == ["[127.0.1.1]", "bot.campaign.example", "bot.campaign.example"]
