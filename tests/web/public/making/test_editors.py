"""The editors of a pledge on their page: who they are, who comes by a link, hands over, leaves."""

import re
from dataclasses import replace

import house
import orchard
import pytest
from mailing.maker import NOW, OWN, making
from mailing.writer import everything
from tree import languages

from bot.errors import UsageError
from bot.jobs.people import joining
from bot.jobs.pledges import invitations, team
from bot.model.person import Status
from bot.times import epoch
from bot.web import hourly

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.*login_data:DeprecationWarning"),
]
PAGE = "/en/mine/1/editors"
MOMENT = epoch(NOW)


def opened(maker, person=1):
    """Open a visit of this person without a letter, which test_mine tells of."""
    store, secret = maker.services.store, f"{person}" * 43
    joining.remember(store, "drumbeat_bot")  # a maker without it has no other way than a letter
    store.visits.open(store.visits.ask(person, MOMENT), secret, MOMENT, 2 * MOMENT)
    maker.cookie = {"drumbeat-mine": secret}


def colleague(services, number=3):
    """Another editor of the first pledge, by e-mail."""
    person = orchard.add_contact(services, number)
    services.store.editors.add(1, person, MOMENT)
    return person


def kinds(services):
    return [line.kind for line in services.store.pledges.history(1)]


def news(services, person):
    """The kinds of lines of which somebody is told."""
    rows = services.store.database.rows(
        "SELECT o.action FROM delivery d JOIN occurrence o ON o.id = d.occurrence WHERE"
        " d.recipient = :person AND o.action LIKE 'told:n%'",
        {"person": person},
    )
    lines = [services.store.pledges.happening(int(action[6:])) for (action,) in rows]
    return [line.kind for line in lines]


async def test_a_link_is_shown_once_and_lets_one_person_in_by_the_chat(services, office):
    async with making(services, office) as maker:
        opened(maker)
        for language in languages()[:4]:
            path = f"/{language}/mine/1/editors"
            assert f'href="{path}"' in (await maker.sees(f"/{language}/mine/1")).raw
            page = await maker.sends(path, do="link", **{"for": "person"})
            assert f'lang="{language}"' in page.raw
            assert "<script>" not in page.raw
            token = re.search(r"https://t\.me/drumbeat_bot\?start=e-([\w-]{22})\"", page.raw)[1]
            assert token not in (await maker.sees(path)).raw
            assert token not in everything(services)
        group = await maker.sends(PAGE, do="link", **{"for": "group"})
        assert "https://t.me/drumbeat_bot?startgroup=e-" in group.raw
    assert kinds(services).count("invited") == 4 + 1
    services.store.people.add([house.person(8)])
    newcomer = services.store.people.find(1, "1008")
    assert services.store.editors.accept(token, newcomer, MOMENT + 5) == 1
    assert services.store.editors.invited(token, MOMENT + 6) is None


async def test_no_link_where_no_bot_ever_ran_nor_for_a_sixth_editor(services, office):
    async with making(services, office) as maker:
        opened(maker)
        for number in range(3, 7):
            colleague(services, number)
        assert "One of them has to leave first" in (await maker.sees(PAGE)).text
        late = await maker.sends(PAGE, do="link", **{"for": "person"})
        assert late.status == 422
        assert "t.me" not in late.raw
        services.store.editors.remove(1, services.store.editors.team(1)[-1].person)
        services.store.meta.put("bot", "")
        services.store.database.execute("DELETE FROM meta WHERE key = 'bot'")
        assert "t.me" not in (await maker.sends(PAGE, do="link", **{"for": "person"})).raw
    assert "invited" not in kinds(services)


async def test_the_focal_point_hands_over_and_the_new_one_is_told(services, office):
    async with making(services, office) as maker:
        other = colleague(services)
        opened(maker)
        asked = await maker.sends(PAGE, do="hand", editor=f"{other}")
        assert asked.status == 422
        assert f'value="{other}" checked' in asked.raw
        assert services.store.editors.focal(1) == 1
        sent = await maker.sends(PAGE, do="hand", editor=f"{other}", sure="yes")
        page = await maker.sees(sent.headers["location"])
        assert "Handed over" in page.text
        assert services.store.editors.focal(1) == other
        assert kinds(services)[-1] == "handed-over"
        # now they may leave, and nothing of the pledge is theirs any more
        assert 'value="hand"' not in page.raw
        assert (await maker.sends(PAGE, do="leave")).status == 422
        left = await maker.sends(PAGE, do="leave", sure="yes")
        assert left.headers["location"] == "/en/mine"
        assert (await maker.sees(PAGE)).status == 404
        assert (await maker.sends(PAGE, do="out", editor=f"{other}", sure="yes")).status == 404
    assert news(services, other) == ["handed-over"]
    assert kinds(services)[-1] == "left"


async def test_the_focal_point_takes_another_editor_out_who_is_told(services, office):
    async with making(services, office) as maker:
        other = colleague(services)
        opened(maker)
        sent = await maker.sends(PAGE, do="out", editor=f"{other}", sure="yes")
        assert "are told so" in (await maker.sees(sent.headers["location"])).text
    assert [editor.person for editor in services.store.editors.team(1)] == [1]
    assert news(services, other) == ["removed"]
    assert kinds(services)[-1] == "removed"


async def test_who_is_no_editor_of_this_pledge_is_chosen_by_nobody(services, office):
    async with making(services, office) as maker:
        other = colleague(services)
        stranger = orchard.add_contact(services, 9)
        opened(maker)
        before = [(e.person, e.focal) for e in services.store.editors.team(1)]
        for do in ("hand", "out"):
            for odd in (f"{stranger}", "1", "", "x", "-1", "9" * 30):
                wrong = await maker.sends(PAGE, do=do, editor=odd, sure="yes")
                assert wrong.status == 422
        opened(maker, stranger)
        for do in ("hand", "out", "take", "leave", "link"):
            sent = await maker.sends(PAGE, do=do, editor=f"{other}", sure="yes")
            assert sent.status == 404
        assert (await maker.sees(PAGE)).status == 404
        opened(maker, other)  # an editor, and not the focal point
        for do in ("hand", "out", "take"):
            sent = await maker.sends(PAGE, do=do, editor="1", sure="yes")
            assert sent.status == 422
    assert [(e.person, e.focal) for e in services.store.editors.team(1)] == before


async def test_where_the_focal_point_is_away_another_takes_over(services, office):
    async with making(services, office) as maker:
        other = colleague(services)
        services.store.people.change(1, Status.PAUSED, Status.BLOCKED)
        services.store.people.change(1, Status.ACTIVE, Status.BLOCKED)
        opened(maker, other)
        assert 'value="take"' in (await maker.sees(PAGE)).raw
        sent = await maker.sends(PAGE, do="take", sure="yes")
        assert "You are now the focal point" in (await maker.sees(sent.headers["location"])).text
        # who can't be reached is handed nothing, and can be taken out
        page = await maker.sees(PAGE)
        assert 'id="out-1"' in page.raw
        assert 'value="hand"' not in page.raw
        sent = await maker.sends(PAGE, do="hand", editor="1", sure="yes")
        assert sent.status == 422
    assert services.store.editors.focal(1) == other


async def test_who_gets_news_only_is_no_focal_point_before_they_ask_for_the_steps(services, office):
    async with making(services, office) as maker:
        other = colleague(services)
        services.store.people.change(other, Status.ACTIVE, Status.PAUSED)
        opened(maker)
        assert "news only" in (await maker.sees(PAGE)).text
        asked = await maker.sends(PAGE, do="hand", editor=f"{other}", sure="yes")
        assert asked.status == 422
        assert "They get news only" in asked.text
        services.store.people.mark([1], Status.BLOCKED)
        opened(maker, other)
        asked = await maker.sends(PAGE, do="take", sure="yes")
        assert asked.status == 422
        assert "You get news only" in asked.text
        assert services.store.editors.focal(1) == 1
        services.store.people.change(other, Status.PAUSED, Status.ACTIVE)
        assert (await maker.sends(PAGE, do="take", sure="yes")).status == 303
    assert services.store.editors.focal(1) == other


async def test_no_link_where_nobody_talks_in_telegram(services, office):
    dry = replace(services, dry={"telegram": "no token"})
    async with making(dry, office) as maker:
        opened(maker)
        assert 'value="link"' not in (await maker.sees(PAGE)).raw
        assert "t.me" not in (await maker.sends(PAGE, do="link", **{"for": "person"})).raw


async def test_a_form_of_another_site_and_a_visit_that_is_over_change_nothing(services, office):
    async with making(services, office) as maker:
        other = colleague(services)
        opened(maker)
        for site in ("cross-site", "same-site"):
            headers = {"sec-fetch-site": site}
            form = {"do": "out", "editor": f"{other}", "sure": "yes"}
            assert (await maker.sends(PAGE, headers=headers, **form)).status == 403
        assert (await maker.the.ask(PAGE, "POST", data=form, headers=OWN)).status == 403
        assert (await maker.the.ask(PAGE)).headers["location"] == "/en/mine"
    assert len(services.store.editors.team(1)) == 2


async def test_only_so_many_links_within_an_hour(services, office):
    async with making(services, office) as maker:
        opened(maker)
        own, form = OWN | {"x-forwarded-for": "203.0.113.77"}, {"do": "link", "for": "person"}
        for _ in range(hourly.MOST):
            form_of = {"address": "nobody@acme.example"}
            await maker.the.ask("/en/mine", "POST", data=form_of, headers=own)
        assert (await maker.sends(PAGE, own, **form)).status == 429
        answers = [await maker.sends(PAGE, **form) for _ in range(invitations.BY_ONE + 1)]
        assert [answer.status for answer in answers] == [200] * invitations.BY_ONE + [429]
        assert "tomorrow" in answers[-1].text
    assert kinds(services).count("invited") == invitations.BY_ONE


def test_a_focal_point_neither_leaves_nor_takes_itself_out(tmp_path, office):
    services = orchard.services(tmp_path, office, chat=True)
    focal, other = orchard.add_chat(services, 1), orchard.add_chat(services, 2)
    pledge = orchard.add_pledge(services, focal, other)
    for wrong in (
        lambda: team.leave(services, pledge, focal, NOW),
        lambda: team.remove(services, pledge, focal, focal, NOW),
        lambda: team.remove(services, pledge, other, focal, NOW),
    ):
        with pytest.raises(UsageError, match="focal point"):
            wrong()
    assert len(services.store.editors.team(pledge)) == 2
    services.store.close()
