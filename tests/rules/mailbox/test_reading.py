"""A message taken apart within bounds; a person's own words without what they quote."""

import time

import pytest

from bot.model.mail import Mail
from bot.rules.mailbox import read

HEAD = "From: Ana <ana@rcpt.example>\nTo: letters@sender.test\nSubject: Re: Step\n"


def text(body, head=HEAD):
    there = read(f"{head}\n{body}".encode())
    assert there.kind is Mail.PERSON
    return there.text


@pytest.mark.parametrize(
    "quote",
    [
        "On Fri, 27 Nov 2026 at 10:00, Campaign <letters@sender.test> wrote:\n\n> Hello\n> all",
        "On Fri, 27 Nov 2026 at 10:00, Campaign <letters@sender.test>\nwrote:\n> Hello",
        "Le ven. 27 nov. 2026 à 10:00, Campagne <letters@sender.test> a écrit :\n> Bonjour",
        "El vie, 27 nov 2026 a las 10:00, Campaña (<letters@sender.test>) escribió:\n> Hola",
        "Am 27.11.26 um 10:00 schrieb Kampagne:\n> Hallo",
        "-----Original Message-----\nFrom: Campaign\nSent: Friday\nSubject: Step\n\nHello",
        "________________________________\nDe : Campagne\nEnvoyé : vendredi\nBonjour",
        "From: Campaign <letters@sender.test>\nSent: Friday, 27 November 2026\nTo: Ana\n\nHello",
        "*De:* Campaña <letters@sender.test>\n*Enviado:* viernes\n*Para:* Ana\n\nHola",
        "-- \nAna Bürger\nSomewhere 7",
        "Sent from my iPhone\n\n> On 27 Nov 2026, at 10:00, Campaign wrote:\n> Hello",
    ],
)
def test_what_is_quoted_below_is_left_off(quote):
    assert text(f"We did it.\n\nWas it right?\n\n{quote}\n") == "We did it.\n\nWas it right?"


def test_who_writes_below_or_between_what_is_quoted_is_heard():
    body = (
        "On Friday, Campaign <l@sender.test> wrote:\n> Did you?\n\nYes.\n> And they?\n\nThey too."
    )
    assert text(body).endswith("Yes.\n\nThey too.")


def test_a_letter_in_html_alone_is_read_without_its_quote():
    head = f"{HEAD}Content-Type: text/html; charset=utf-8\n"
    body = (
        "<style>p {color: red}</style><p>We did&nbsp;it &amp; more.</p><div>Really.</div>"
        '<blockquote type="cite">Hello</blockquote><script>x()</script>'
    )
    assert [line for line in text(body, head).split("\n") if line] == [
        "We did it & more.",
        "Really.",
    ]


def test_files_are_known_of_and_never_read():
    head = f'{HEAD}Content-Type: multipart/mixed; boundary="b"\n'
    body = (
        "--b\nContent-Type: text/plain\n\nSee the file.\n"
        '--b\nContent-Type: text/plain; name="x.txt"\nContent-Disposition: attachment\n\nSECRET\n--b--\n'
    )
    there = read(f"{head}\n{body}".encode())
    assert (there.text, there.attached) == ("See the file.", True)


def test_odd_charsets_and_encoded_names_are_read():
    head = (
        "From: =?iso-8859-1?Q?B=FCro?= <ANA@Rcpt.Example>\nSubject: =?utf-8?b?w6k=?= =?x-no?q?a?=\n"
        "Content-Type: text/plain; charset=x-unknown\n"
    )
    there = read(f"{head}\nça va".encode())
    assert (there.sender, there.text) == ("ana@rcpt.example", "ça va")


def nested(levels):
    parts = "".join(
        f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(levels)
    )
    return f"{HEAD}{parts}Content-Type: text/plain\n\nhello\n".encode()


@pytest.mark.parametrize(
    "data",
    [
        nested(39),
        nested(2_000),
        HEAD.encode() + b'Content-Type: multipart/mixed; boundary="b"\n\n' + b"--b\n\nx\n" * 30_000,
        HEAD.encode() + b"References: " + b"<a@b.example> " * 20_000 + b"\n\nx",
        HEAD.encode() + b"\n" + b"user " * 50_000,
        HEAD.encode() + b"\n" + b"> " * 100_000,
        HEAD.encode() + b"\n" + b"On a wrote " * 20_000,
        b"From: MAILER-DAEMON\nSubject: failed\n\nundeliverable\n" + b"a@b.example " * 20_000,
        b"From: MAILER-DAEMON\nSubject: failed\n\nundeliverable a@b.example\n"
        + b"user is " * 30_000,
        b"Subject: " + b"=?utf-8?q?" * 20_000,
        HEAD.encode() + b"Content-Type: text/html\n\n" + b"<div><!" * 40_000,
        HEAD.encode() + b"Content-Type: message/rfc822\n\n" * 5_000,
        b":\n" * 100_000,
    ],
    ids=range(13),
)
def test_what_was_made_to_keep_us_busy_is_read_soon(data):
    began = time.process_time()
    there = read(data)
    assert len(there.text) <= 4_000
    assert time.process_time() - began < 1.5
