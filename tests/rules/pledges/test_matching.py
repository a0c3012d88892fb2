"""Who might work together: what is a reason, whom it never suggests, and in which order."""

import pytest

from bot.model.pledges.introduction import Detail, Reason, Why
from bot.rules.pledges import details, matching
from bot.rules.pledges.matching import Candidate

NOTHING = frozenset()


def candidate(pledge, **changed):
    plain = {
        "maker": f"maker {pledge}",
        "person": pledge,
        "country": "",
        "topics": NOTHING,
        "offers": NOTHING,
        "needs": NOTHING,
        "words": NOTHING,
    }
    sets = {
        key: frozenset(value.split()) if key in ("topics", "offers", "needs", "words") else value
        for key, value in changed.items()
    }
    return Candidate(pledge=pledge, **{**plain, **sets})


def pairs(*candidates, known=(), most=3):
    return [(m.first, m.second) for m in matching.matches(candidates, set(known), most)]


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ({"offers": "rooms advice"}, {"needs": "rooms"}, (Why.GIVES, ("rooms",))),
        ({"needs": "rooms"}, {"offers": "rooms advice"}, (Why.TAKES, ("rooms",))),
        ({"topics": "a b"}, {"topics": "b c"}, (Why.TOPIC, ("b",))),
        (
            {"topics": "a b", "country": "KE"},
            {"topics": "b c", "country": "PE"},
            (Why.TOPIC, ("b",)),
        ),
        ({"country": "KE"}, {"country": "KE"}, (Why.COUNTRY, ("KE",))),
        (
            {"words": "cocoa farms we teach"},
            {"words": "cocoa farms they buy"},
            (Why.WORDS, ("cocoa", "farms")),
        ),
    ],
)
def test_each_reason_is_seen_by_itself(first, second, reason):
    others = [candidate(n, words=f"we they teach buy alone{n}") for n in range(10, 16)]
    found = matching.matches([candidate(1, **first), candidate(2, **second), *others], set())
    [match] = [each for each in found if (each.first, each.second) == (1, 2)]
    why, about = reason
    assert match.reasons == (Reason(why=why, about=about),)
    assert {why.turned for why in Why} == set(Why)


def test_two_without_a_reason_and_two_of_one_maker_are_never_suggested():
    one = candidate(1, country="KE", topics="a", words="we work for all")
    assert pairs(one, candidate(2, country="PE", topics="b", words="we work for all")) == []
    assert pairs(one, candidate(2, country="KE", maker="maker 1")) == []
    assert pairs(one, candidate(2, country="KE", person=1)) == []
    assert pairs(one, candidate(2), candidate(3)) == [], "no country is no common one"


def test_what_was_suggested_before_never_is_again():
    three = [candidate(n, country="KE") for n in (1, 2, 3)]
    assert pairs(*three, known=[(1, 2)]) == [(1, 3), (2, 3)]


def test_the_best_come_first_and_few_for_each_maker():
    everyone = [candidate(n, country="KE") for n in range(1, 9)]
    everyone.append(candidate(9, country="KE", offers="rooms"))
    everyone[4] = candidate(5, country="KE", needs="rooms")
    found = pairs(*everyone, most=2)
    assert found[0] == (5, 9)
    times = [number for pair in found for number in pair]
    assert max(times.count(number) for number in times) == 2
    assert pairs(*reversed(everyone), most=2) == found, "whatever their order"
    asked = candidate(1, country="KE", asked=3)
    assert pairs(asked, candidate(2, country="KE")) == []


def test_words_that_all_use_are_no_reason():
    alike = [candidate(n, words=f"we teach children own{n} self{n} word{n}") for n in range(1, 12)]
    assert pairs(*alike) == []


def test_one_pair_is_judged_as_among_all():
    everyone = [candidate(n, topics="a", words=f"cocoa farms w{n}") for n in (1, 2, 3)]
    match = matching.of(everyone, 1, 2)
    assert match in matching.matches(everyone, set())
    assert matching.of(everyone, 1, 7) is None


@pytest.mark.parametrize(
    ("detail", "typed", "kept"),
    [
        (Detail.NAME, "  Amina \n Otieno ", "Amina Otieno"),
        (Detail.NAME, "山田 花子", "山田 花子"),
        (Detail.NAME, "J.R.R. Tolkien", "J.R.R. Tolkien"),
        (Detail.NAME, "Look at acme.example", None),
        (Detail.NAME, "press@acme", None),
        (Detail.NAME, "a" * 81, None),
        (Detail.NAME, "...", None),
        (Detail.EMAIL, "press@Acme.example", "press@acme.example"),
        (Detail.EMAIL, "a@b.example, c@d.example", None),
        (Detail.TELEGRAM, "https://t.me/acme_press", "@acme_press"),
        (Detail.TELEGRAM, "@acme_press", "@acme_press"),
        (Detail.TELEGRAM, "write me", None),
        (Detail.PHONE, "+41 (0)22 123 45 67", "+41 (0)22 123 45 67"),
        (Detail.PHONE, "call me", None),
        (Detail.PHONE, "12", None),
    ],
)
def test_what_is_passed_on_is_nothing_but_what_it_says(detail, typed, kept):
    assert details.read(detail, typed) == kept
