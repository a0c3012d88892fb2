"""How staff come to their desk and leave it, and what nobody else can do."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from fakes.mail import text_of
from mailing.served import services_in

from bot.errors import UsageError
from bot.jobs.operations import surroundings
from bot.jobs.staff import letters, logins, members
from bot.model.staff import Actor
from bot.model.staff.audit import Look, Verb
from bot.times import epoch

from .conftest import MEMBERS, NOW, ORIGIN, staffed

ANYBODY = Actor("operator")


def link(services, name="writer", now=NOW):
    url = logins.link(services, services.team.called(name), ANYBODY, now)
    return url.removeprefix(ORIGIN)


async def test_a_link_opens_the_desk_once_by_a_press_of_its_button(services, desk):
    path = link(services)
    async with desk(services) as sit:
        seat = await sit()
        for _ in range(3):  # programs that follow links use nothing up
            assert "Good to see you, writer" in (await seat.gets(path)).words
        told = await seat.posts(path)
        assert (told.status, told.where) == (303, "/desk/")
        cookie = told.headers["set-cookie"]
        assert cookie.startswith("drumbeat-desk=")
        assert cookie.endswith("; Path=/desk; HttpOnly; SameSite=Lax; Secure")
        assert path.rpartition("/")[2] not in cookie, "the link stands in the browser's history"
        again = await seat.posts(path)
        assert again.status == 410
        assert "set-cookie" not in again.headers
        assert "This link opens nothing any more" in again.words


async def test_a_browser_of_this_machine_keeps_its_cookie_without_tls(services, desk):
    web = replace(services.settings.web, public_url="http://127.0.0.1:8087")
    services = replace(services, settings=replace(services.settings, web=web))
    async with desk(services) as sit:
        told = await (await sit()).posts(link(services).removeprefix("http://127.0.0.1:8087"))
    assert told.headers["set-cookie"].endswith("; Path=/desk; HttpOnly; SameSite=Lax")


async def test_a_link_is_old_after_ten_minutes(services, desk):
    path = link(services, now=NOW - timedelta(minutes=10))
    async with desk(services) as sit:
        assert (await (await sit()).posts(path)).status == 410
        assert (await (await sit()).gets("/desk/in/nothing")).status == 410


async def test_a_link_pressed_on_another_site_opens_nothing(services, desk):
    path = link(services)
    async with desk(services) as sit:
        seat = await sit()
        assert (await seat.posts(path, sec_fetch_site="cross-site")).status == 403
        assert (await seat.posts(path)).status == 303


async def test_a_session_ends_after_twelve_hours_without_a_look(services, desk):
    async with desk(services) as sit:
        seat = await sit("writer")
        seat.clock[0] += timedelta(hours=11, minutes=59)
        assert (await seat.gets("/desk/")).status == 200
        seat.clock[0] += timedelta(hours=12)
        told = await seat.gets("/desk/")
        assert (told.status, told.where) == (303, "/desk/enter")


async def test_what_was_written_when_the_session_ended_is_shown_to_be_copied(services, desk):
    async with desk(services) as sit:
        seat = await sit("writer")
        seat.clock[0] += timedelta(hours=12)
        written = {"text": "Half a day <b>of work", "do": "keep"}
        told = await seat.posts("/desk/compose", written)
        assert (told.status, "nothing was kept or sent" in told.words) == (403, True)
        assert "Half a day &lt;b&gt;of work</blockquote>" in told.text
        far = await seat.posts("/desk/compose", written | {"text": "x" * 1_010_000})
        assert (far.status, far.where) == (303, "/desk/enter")
        part = b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
        form = part % (b'picture"; filename="a.jpg', b"x" * 3_000_000)
        form += part % (b"text", b"Beside a picture") + b"--b--\r\n"
        told = await seat.sends(
            "/desk/compose", BytesIO(form), content_type="multipart/form-data; boundary=b"
        )
        assert "Beside a picture</blockquote>" in told.text[-5_000:], "whatever comes with it"
        told = await seat.posts("/desk/compose", written, sec_fetch_site="cross-site")
        assert (told.status, told.where) == (303, "/desk/enter"), "no words of another site"
    assert services.store.drafts.all("writer") == []


async def test_an_address_of_no_page_is_told_at_the_desk_and_leads_others_to_the_way_in(
    services, desk
):
    async with desk(services) as sit:
        for path in ("/desk/kalendar", "/desk/posts/1-1-0/nothing", "/desk/calendar/"):
            told = await (await sit("reader")).gets(path)
            assert (told.status, "There is nothing here" in told.words) == (404, True), path
            assert 'href="/desk/calendar"' in told.text
            told = await (await sit()).gets(path)
            assert (told.status, told.where) == (303, "/desk/enter")


def test_what_was_opened_while_the_clock_was_ahead_holds_no_longer_for_it(services):
    ahead, member = NOW + timedelta(days=9), MEMBERS[0]

    def secret():
        return logins.link(services, member, member.actor, ahead).rpartition("/")[2]

    link, (_, session) = secret(), logins.enter(services, secret(), ahead)
    assert logins.at_desk(services, session, ahead)
    assert logins.knock(services, link, ahead)
    assert logins.at_desk(services, session, NOW) is None
    assert logins.knock(services, link, NOW) is None
    assert logins.enter(services, link, NOW) is None
    assert logins.at_desk(services, session, ahead - timedelta(hours=1)), "set right by a little"


async def test_signing_out_ends_this_session_or_all_of_them(services, desk):
    async with desk(services) as sit:
        one, other, third = await sit("writer"), await sit("writer"), await sit("writer")
        stranger = await sit("reader")
        assert (await one.posts("/desk/leave")).where == "/desk/enter"
        assert (await one.gets("/desk/")).status == 303
        assert (await other.gets("/desk/")).status == 200
        await other.posts("/desk/leave", {"everywhere": "yes"})
        assert (await third.gets("/desk/")).status == 303
        assert (await stranger.gets("/desk/")).status == 200
    verbs = [deed.verb for deed in services.store.audit.read(verb="desk.left")]
    assert verbs == ["desk.left_everywhere", "desk.left"]


async def test_who_is_no_member_any_more_is_at_no_desk(services, desk):
    services.store.members.put(MEMBERS[0].__class__(name="dora", login="dora"), epoch(NOW))
    async with desk(services) as sit:
        seat = await sit("dora")
        assert (await seat.gets("/desk/")).status == 200
        services.store.members.remove("dora")
        assert (await seat.gets("/desk/")).status == 303


async def test_the_desk_speaks_the_language_that_was_chosen(services, desk):
    async with desk(services) as sit:
        seat = await sit("reader")
        assert "Aujourd’hui" in (await seat.gets("/desk/", accept_language="fr-CH")).words
        assert (await seat.posts("/desk/language", {"language": "es"})).where == (
            "/desk/?done=language"
        )
        told = await seat.gets("/desk/?done=language", accept_language="fr")
        assert "El escritorio habla ahora este idioma." in told.words
        await seat.posts("/desk/language", {"language": "xx"})
        assert "Hoy" in (await seat.gets("/desk/")).words


async def test_no_answer_of_the_desk_is_kept_framed_or_named_to_others(services, desk):
    async with desk(services) as sit:
        seat = await sit("admin")
        for path in ("/desk/", "/desk/log.csv", "/desk/enter"):
            headers = (await seat.gets(path)).headers
            assert headers["cache-control"] == "no-store"
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert "unsafe-inline" not in headers["content-security-policy"]
            assert headers["referrer-policy"] == "no-referrer"


async def test_nobody_is_sent_to_a_bot_that_talks_with_nobody(services, desk):
    async with desk(services) as sit:
        told = await (await sit()).gets("/desk/enter")
        assert "Whoever runs it gives you one" in told.words
        assert "bot" not in told.words


async def test_a_letter_brings_a_link_and_nobody_learns_whose_address_it_is(
    tmp_path, library, office, desk
):
    services = staffed(services_in(tmp_path, library, office, answer=30.0))
    async with desk(services) as sit:
        seat = await sit()
        assert 'action="/desk/enter"' in (await seat.posts("/desk/compose", {"text": "A"})).text
        known = await seat.posts("/desk/enter", {"address": "writer@example.org"})
        strange = await seat.posts("/desk/enter", {"address": "stranger@example.org"})
        assert (known.status, known.text) == (strange.status, strange.text)
        assert "Write /desk to the bot" in known.words
        await letters.run(services, NOW)
        [mail] = office.mails
        assert mail["To"] == "writer@example.org"
        path = next(word for word in text_of(mail).split() if "/desk/in/" in word)
        told = await seat.posts(path.removeprefix(ORIGIN))
        assert told.where == "/desk/"
    await services.networks["mail"].close()
    services.store.close()


async def test_who_asks_for_links_has_the_same_answer_before_anybody_looks_whose_address_it_is(
    services, desk, monkeypatch
):
    looked, one = [], {"x_forwarded_for": "203.0.113.77"}
    monkeypatch.setattr(logins, "ask", lambda _services, address, *_: looked.append(address))
    monkeypatch.setattr(logins, "mails", lambda _: True)
    async with desk(services) as sit:
        seat = await sit()
        addresses = [f"{name}@example.org" for name in ("writer", *range(4), "admin", "reader")]
        told = [await seat.posts("/desk/enter", {"address": each}, **one) for each in addresses]
        assert len({(each.status, each.text) for each in told}) == 1
        assert [each for each in looked if each] == addresses[:5], "five within an hour"
        seat.clock[0] += timedelta(hours=1)
        await seat.posts("/desk/enter", {"address": "admin@example.org"}, **one)
        assert looked[-1] == "admin@example.org"


async def test_a_fault_while_a_link_is_made_is_seen_by_nobody_who_asks(services, desk, monkeypatch):
    def broken(*_):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(logins, "ask", broken)
    async with desk(services) as sit:
        told = await (await sit()).posts("/desk/enter", {"address": "writer@example.org"})
        assert told.status == 200, "the answer left before"


async def test_no_letter_goes_where_enough_links_went_that_day(tmp_path, library, office):
    services = staffed(services_in(tmp_path, library, office, answer=30.0))
    for _ in range(logins.MOST):
        link(services)
    logins.ask(services, "writer@example.org", "en", NOW)
    assert services.store.staff_letters.due(epoch(NOW)) == []
    logins.ask(services, "reader@example.org", "en", NOW)
    assert [each.member for each in services.store.staff_letters.due(epoch(NOW))] == ["reader"]
    await services.networks["mail"].close()
    services.store.close()


async def test_a_cookie_that_somebody_else_chose_is_no_session(services, desk):
    path = link(services)
    async with desk(services) as sit:
        seat = await sit()
        chosen = {"cookie": "drumbeat-desk=chosen-before"}
        told = await seat.posts(path, **chosen)
        assert told.status == 303
        assert "chosen-before" not in told.headers["set-cookie"]
        assert (await seat.gets("/desk/", **chosen)).where == "/desk/enter"


async def test_a_fault_in_one_letter_keeps_back_no_other(
    tmp_path, library, office, monkeypatch, caplog
):
    def broken(*_):
        raise OverflowError("date value out of range")

    services = staffed(services_in(tmp_path, library, office, answer=30.0))
    monkeypatch.setattr(letters, "KINDS", {**letters.KINDS, "monthly": broken})
    services.store.staff_letters.put("writer", "monthly", "trees 2021-04", epoch(NOW))
    services.store.staff_letters.put("writer", logins.LETTER, "en", epoch(NOW))
    await letters.run(services, NOW)
    assert [mail["Subject"] for mail in office.mails] == ["Your link to the desk"]
    assert services.store.staff_letters.due(epoch(NOW)) == [], "it is tried again later"
    assert "could not be written" in caplog.text
    await services.networks["mail"].close()
    services.store.close()


async def test_the_log_shows_who_did_what_by_one_name(services, desk):
    async with desk(services) as sit:
        seat = await sit("admin")
        told = await seat.gets("/desk/log")
        assert "admin came to the desk" in told.words
        assert "made a link to the desk" in told.words
        only = await seat.gets("/desk/log?kind=post")
        assert "Nothing has been decided yet." in only.words
        table = (await seat.gets("/desk/log.csv?kind=desk")).text.splitlines()
        assert table[0] == "at,who,verb,about,digest"
        assert table[1] == "2021-05-01T09:30:00Z,admin,desk.entered,,"


async def test_the_log_is_filtered_by_person_and_day_and_tells_members_by_name(services, desk):
    members.add(services, "dora", {"login": "dora"}, Actor("root"), NOW - timedelta(days=2))
    services.store.audit.note(Actor.member("writer"), Verb.POST_MOVED, epoch(NOW), "1-1-0")
    async with desk(services) as sit:
        seat = await sit("admin")
        told = await seat.gets("/desk/log?kind=member")
        assert "root added a member of staff dora" in told.words
        only = await seat.gets("/desk/log?who=writer")
        assert "writer gave a post another hour 1-1-0" in only.words
        assert "came to the desk" not in only.words
        since = (await seat.gets("/desk/log.csv?since=2021-05-01")).text.splitlines()
        assert [line.split(",")[1] for line in since[1:]] == ["admin", "admin", "writer"]
        services.store.audit.note(
            Actor("root"), Verb.CONTACTS_LISTED, epoch(NOW), look=Look(why="<b>Ana</b> asked")
        )
        told = await seat.gets("/desk/log?kind=contact")
        assert "saw a list of contacts <b>Ana</b> asked" in told.words
        for nonsense in ("?who=nobody&since=never&kind=x", "?before=9" + "9" * 30):
            assert "root" in (await seat.gets(f"/desk/log{nonsense}")).words


async def test_a_long_log_leaves_as_csv_part_by_part(services, desk, monkeypatch):
    monkeypatch.setattr("bot.jobs.staff.deeds.AT_ONCE", 2)
    for number in range(1, 6):
        services.store.audit.note(Actor.member("writer"), Verb.POST_MOVED, epoch(NOW), number)
    async with desk(services) as sit:
        told = await (await sit("admin")).gets("/desk/log.csv?kind=post")
    assert [row.split(",")[3] for row in told.text.splitlines()] == ["about", *"54321"]
    assert "content-length" not in told.headers  # nobody knew how long it would be
    assert told.headers["content-type"] == "text/csv; charset=utf-8"
    assert told.headers["content-disposition"] == 'attachment; filename="log.csv"'


async def test_the_log_leads_on_with_what_it_was_asked_for(services, desk):
    for number in range(101):
        services.store.audit.note(Actor.member("writer"), Verb.POST_MOVED, epoch(NOW), number)
    async with desk(services) as sit:
        seat = await sit("admin")
        first = await seat.gets("/desk/log?who=writer&kind=post")
        assert 'href="?kind=post&amp;who=writer&amp;before=2"' in first.text
        older = await seat.gets("/desk/log?kind=post&who=writer&before=2")
        assert "Older lines" not in older.words
        assert older.words.count("gave a post another hour") == 1


@pytest.mark.parametrize(
    ("public_url", "listen", "open_"),
    [
        ("https://campaign.example", "0.0.0.0:80", True),
        ("http://127.0.0.1:8721", "127.0.0.1:8721", True),
        ("http://localhost:8721", "[::1]:8721", True),
        ("http://campaign.example", "0.0.0.0:80", False),
        ("http://192.168.0.7:8721", "192.168.0.7:8721", False),
        ("http://campaign.example", "127.0.0.1:8721", False),
        ("http://localhost.example", "127.0.0.1:8721", False),
    ],
)
async def test_where_a_session_could_be_overheard_the_desk_stays_shut(
    services, desk, public_url, listen, open_
):
    web = replace(services.settings.web, public_url=public_url, listen=listen)
    there = replace(services, settings=replace(services.settings, web=web))
    remarks = surroundings.look(there.settings, there.store, dry={}, runs=True)
    assert any("the desk stays shut" in each.text for each in remarks) is not open_
    _, session = logins.enter(services, link(services).rpartition("/")[2], NOW)
    async with desk(there) as sit:
        seat = await sit()
        for path in ("/desk/enter", "/desk/in/secret"):
            told = await seat.gets(path)
            assert ("The desk is shut" in told.words) is not open_
        told = await seat.gets("/desk/", cookie=f"drumbeat-desk={session}")
        assert (told.status == 200) is open_, "nor does it take a session from before"
    if not open_:
        with pytest.raises(UsageError, match="the desk stays shut"):
            link(there)
