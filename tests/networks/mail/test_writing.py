"""What a letter is as bytes, read back by other readers than the one that wrote it."""

import email
from dataclasses import replace
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.policy import default

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domains import url_on_the_wire
from bot.model.message import Attached
from bot.networks.mail.account import Address
from bot.networks.mail.writing import Mail, addresses, on_the_wire, written

MAIL = Mail(
    sender=Address(email="us@campaign.example", name="Our campaign"),
    to=Address(email="ann@example.net"),
    subject="A subject",
    text="Good morning!",
    language="en",
    id="7-1-3.20260612.drumbeat",
    date=datetime(2026, 6, 12, 7, tzinfo=UTC),
    automatic=True,
)
_WORDS = st.lists(
    st.sampled_from(["a", "word", "é", "ह", "…", "مر", "😀", "x" * 30, "-", ", ", "<b>", " ", "."]),
    min_size=1,
    max_size=90,
).map(lambda parts: " ".join("".join(parts).split()) or "x")


def read(mail):
    return email.message_from_bytes(written(mail), policy=default)


def field(mail, name):
    """A header as the older of Python's readers reads it, which knows no addresses."""
    value = email.message_from_bytes(written(mail))[name]
    return str(make_header(decode_header(" ".join(value.split()))))


@given(_WORDS, _WORDS)
@example("word" * 3 + "x" * 60, "a")  # a first word that fills its line
def test_a_subject_and_a_name_are_read_as_they_were_written(subject, name):
    mail = replace(MAIL, subject=subject, sender=Address(email="us@campaign.example", name=name))
    assert read(mail)["Subject"] == subject
    shown, _, address = field(mail, "From").rpartition(" ")
    assert address == "<us@campaign.example>"
    assert name.isascii() or shown == name


def test_files_go_with_a_letter_by_their_names_and_come_back_as_they_were():
    data = bytes(range(256)) * 40
    files = (
        Attached(name="trees-2021-06.pdf", mime="application/pdf", data=data),
        Attached(name="árboles.pdf", mime="application/pdf", data=b"%PDF"),
    )
    mail = read(replace(MAIL, html="<p>Good morning!</p>", attached=files))
    assert mail.get_body(("plain",)).get_content().strip() == "Good morning!"
    assert [
        (part.get_filename(), part.get_content_type(), part.get_content())
        for part in mail.iter_attachments()
    ] == [(each.name, each.mime, each.data) for each in files]


@given(_WORDS, st.text(alphabet="aé ह\n.", max_size=3_000))
def test_every_line_is_short_and_in_seven_bits(subject, text):
    content = written(replace(MAIL, subject=subject * 5, text=text, html=f"<p>{text}</p>"))
    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"")
    head, _, body = content.partition(b"\r\n\r\n")
    assert max(map(len, body.split(b"\r\n"))) <= 78
    assert max(map(len, head.split(b"\r\n"))) <= 80


def test_own_text_stands_beside_own_html():
    text, html = "Read it here: https://example.org/a", '<a href="https://example.org/a">here</a>'
    mail = read(replace(MAIL, text=text, html=html))
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail.get_body(("plain",)).get_content().strip() == text
    assert mail.get_body(("html",)).get_content().strip() == html


def test_without_html_a_letter_is_text_alone():
    assert read(MAIL).get_content_type() == "text/plain"


def test_the_way_to_unsubscribe_stands_on_one_line_however_long_it_is():
    link = "https://campaign.example/leave/" + "a" * 300
    lines = written(replace(MAIL, unsubscribe=link)).split(b"\r\n")
    assert f"List-Unsubscribe: <{link}>".encode() in lines
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines


def test_programs_are_told_that_a_program_wrote_and_reports_come_nevertheless():
    mail = read(MAIL)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "DR, RN, NRN, OOF, AutoReply"
    assert "Auto-Submitted" not in read(replace(MAIL, automatic=False))


def test_the_message_id_is_ours_in_the_senders_domain():
    assert read(MAIL).get_all("Message-ID") == ["<7-1-3.20260612.drumbeat@campaign.example>"]


@pytest.mark.parametrize(
    ("contact", "address"),
    [
        (
            "Büro der Kampagne <buero@campaign.example>",
            Address(email="buero@campaign.example", name="Büro der Kampagne"),
        ),
        ("office@campaign.example", Address(email="office@campaign.example")),
        (
            '"Office, the" <o@campaign.example>',
            Address(email="o@campaign.example", name="Office, the"),
        ),
        ("https://campaign.example/contact", None),
        ("https://user@campaign.example/contact", None),
        ("@campaign", None),
        ("Ask at the office", None),
        ("Tel: 1; Office <us@campaign.example>", None),
        ("+33 1 23 45 67 89", None),
        ("", None),
    ],
)
def test_answers_go_to_an_address_and_never_to_a_link(contact, address):
    assert addresses(contact) == ((address,) if address else ())
    mail = replace(MAIL, replies=addresses(contact))
    if address is None:
        assert "Reply-To" not in read(mail)
    else:
        (reply,) = read(mail)["Reply-To"].addresses
        assert (reply.display_name, reply.addr_spec) == (address.name, address.email)


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        ("info@bücher.example", "info@xn--bcher-kva.example"),
        ("info@straße.example", "info@xn--strae-oqa.example"),
        ("info@例え.テスト", "info@xn--r8jz45g.xn--zckzah"),
        ("Info@Example.ORG", "Info@example.org"),
    ],
)
def test_a_domain_beyond_ascii_goes_out_in_its_own_form(address, wire):
    assert on_the_wire(address) == wire
    assert read(replace(MAIL, to=Address(email=address)))["To"] == wire


@pytest.mark.parametrize(
    "address", ["büro@example.org", "info@-.example", "info@" + "a" * 70 + ".org"]
)
def test_an_address_that_servers_do_not_take_is_told(address):
    with pytest.raises(ValueError, match=r"SMTPUTF8|its domain is none"):
        on_the_wire(address)


def test_what_the_operator_adds_stands_beside_ours_and_replaces_nothing():
    headers = {
        "Precedence": "bulk",
        "auto-submitted": "no",
        "message-id": "<x@y.example>",
        "Bad Name": "x",
        "X-A": "é\nB: c",
    }
    mail = read(replace(MAIL, headers=headers))
    assert mail["Precedence"] == "bulk"
    assert mail["X-A"] == "é B: c"
    assert len(mail.get_all("Message-ID")) == 1
    assert mail.get_all("Auto-Submitted") == ["auto-generated"]
    assert "B" not in mail


def test_a_post_to_a_list_keeps_the_way_to_leave_it_that_the_operator_wrote():
    headers = {"List-Unsubscribe": "<mailto:leave@list.example>", "List-Id": "<list.example>"}
    post = read(replace(MAIL, automatic=False, headers=headers))
    assert post["List-Unsubscribe"] == "<mailto:leave@list.example>"
    letter = read(replace(MAIL, unsubscribe="https://campaign.example/leave/a", headers=headers))
    assert letter.get_all("List-Unsubscribe") == ["<https://campaign.example/leave/a>"]


def test_a_page_beyond_ascii_is_written_as_servers_know_it():
    page = "https://bücher.example:8443/käm%20pagne/leave/unsubscribe-1-0"
    mail = replace(MAIL, unsubscribe=page)
    assert read(mail)["List-Unsubscribe"] == (
        "<https://xn--bcher-kva.example:8443/k%C3%A4m%20pagne/leave/unsubscribe-1-0>"
    )
    assert url_on_the_wire("https://pages.example/leave/a") == "https://pages.example/leave/a"


@pytest.mark.parametrize("html", [None, "<p>¡Buenos días!</p>"])
def test_a_mail_names_the_language_of_its_text(html):
    mail = read(replace(MAIL, language="es", html=html, headers={"Content-Language": "en"}))
    assert mail.get_all("Content-Language") == ["es"]
