"""Pages in Chinese: no blank of a template stands beside a sign, which brings its own."""

import pytest
from pledging.publishing import CAMPAIGN, NOW, publish, publishing

from bot.web.templates import tightened

pytestmark = pytest.mark.sqlite


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<p>来源： <a href='x'>页面</a> （读于2026年）</p>", "<p>来源：<a href='x'>页面</a>（读于2026年）</p>"),
        ("<p>一。 <span>依据： <bdi>7th</bdi></span></p>", "<p>一。<span>依据：<bdi>7th</bdi></span></p>"),
        ("<p>依据： 7th meeting</p>", "<p>依据：7th meeting</p>"),
        ("<p>请分享。 #EndChildLabour</p>", "<p>请分享。 #EndChildLabour</p>"),
        ("<p>到这里： https://bees.example</p>", "<p>到这里： https://bees.example</p>"),
        ("<p>一。\n二。</p>", "<p>一。\n二。</p>"),
        ("<textarea>一。 二</textarea><p>One (two)</p>", "<textarea>一。 二</textarea><p>One (two)</p>"),
    ],
)  # fmt: skip
def test_blanks_beside_signs_are_left_out_but_before_tags_and_addresses(html, said):
    assert tightened(html) == said


async def test_a_page_in_chinese_is_so_and_one_in_english_is_not(tmp_path, library, asked):
    with publishing(tmp_path, library) as services:
        number = publish(services, "绿河协会 （云南）")
        async with asked(services, NOW) as ask:
            chinese, english = [
                (await ask(f"/{tag}/{CAMPAIGN}/pledges/{number}")).text for tag in ("zh", "en")
            ]
    assert "绿河协会（云南）" in chinese
    assert "绿河协会 （云南）" in english
