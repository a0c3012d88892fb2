"""Posts in Arabic as servers read them: their hashtags are tags and their links are links there."""

import unicodedata
from datetime import date

import pytest

from bot import networks
from bot.jobs.campaigns.cards import all_of, day_of
from bot.jobs.campaigns.preview import preview
from bot.links import link_spans
from bot.model import Role
from bot.render import Renderer
from bot.text import hashtags, isolates

NETWORKS = ("bluesky", "mastodon", "telegram", "x")
TODAY = date(2021, 2, 1)
POSTED = {Role.POST.value, Role.SHARE.value}


def kind(sign):
    return unicodedata.category(sign)


def ends_a_tag(sign):
    """Spaces and punctuation stand around a tag in GoToSocial; marks of direction are neither."""
    return sign.isspace() or kind(sign).startswith("P")


def tags_of_gotosocial(text):
    """The hashtags that GoToSocial finds: letters, marks, numbers and '_' between two boundaries;
    any other sign behind them, even one that nobody sees, and it is no tag.
    """
    found, before = [], " "
    for at, sign in enumerate(text):
        if sign == "#" and ends_a_tag(before):
            rest = text[at + 1 :] + " "
            end = next(n for n, one in enumerate(rest) if kind(one)[0] not in "LMN" and one != "_")
            if end and ends_a_tag(rest[end]):
                found.append(f"#{rest[:end]}")
        before = sign
    return list(dict.fromkeys(found))


def test_what_gotosocial_takes_for_a_tag():
    assert tags_of_gotosocial("اليوم #Trees، #وسم_ثان و(#Bees) ثم #Trees") == [
        "#Trees",
        "#وسم_ثان",
        "#Bees",
    ]
    assert tags_of_gotosocial("اليوم \u2068#Trees\u2069 مع #Bees\u2069 وa#Elms") == []
    assert tags_of_gotosocial(isolates("اليوم #Trees مع #Bees و")) == ["#Trees", "#Bees"]


@pytest.mark.parametrize("name", ["endchildlabour2021", "endchildlabour"])
def test_each_hashtag_and_link_of_an_arabic_post_is_one_on_each_server(library, name):
    campaign, count = library.campaigns[name], 0
    renderer = Renderer(library.files, library.campaigns)
    kinds = {each: networks.load(each) for each in NETWORKS}
    for action in all_of(campaign):
        day = day_of(campaign, action, TODAY)
        for shown in preview(campaign, action, renderer, kinds, day=day, language="ar"):
            if shown.role not in POSTED:
                continue
            text = shown.text
            assert tags_of_gotosocial(text) == list(hashtags(text)), (action.id, text)
            for start, end in link_spans(text):
                around = (text[start - 1 : start], text[end : end + 1])
                assert not {"\u2068", "\u2069"} & set(around), (action.id, text)
                count += 1
            count += text.count("#")
    assert count > 100
