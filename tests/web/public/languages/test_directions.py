"""Pages that are read from the right: what is read from the left keeps its order there, and who is
named is named in their language.
"""

from datetime import UTC, datetime

import pytest

from bot.web.templates import turned


@pytest.mark.parametrize(
    ("html", "apart"),
    [
        ("<p>شارك. #Bees2030</p>", "<p>شارك. <bdi>#Bees2030</bdi></p>"),
        ("<p>الهاتف: +961 1 23 45.</p>", "<p>الهاتف: <bdi>+961 1 23 45</bdi>.</p>"),
        ("<p>اكتبوا /events إلى Q&amp;A</p>", "<p>اكتبوا <bdi>/events</bdi> إلى <bdi>Q&amp;A</bdi></p>"),
        ("<p>ع: 7th GCG, briefing: (2) To do (“now”). في 9</p>", "<p>ع: <bdi>7th GCG, briefing: (2) To do (“now”)</bdi>. في 9</p>"),
        ("<a href='#x'> w.org/a/ </a>", "<a href='#x'> <bdi>w.org/a/</bdi> </a>"),
        ("<a>يا</a> – telegram: ", "<a>يا</a> – <bdi>telegram</bdi>: "),
        ("<p>في 12 يونيو، 1,234 (50%)</p>", "<p>في 12 يونيو، 1,234 (50%)</p>"),
        ("<textarea>يا ACME 4</textarea>", "<textarea>يا ACME 4</textarea>"),
        ("<title>عن ACME</title>", "<title>عن ACME</title>"),
        ("<svg><text>عن ACME</text></svg>", "<svg><text>عن ACME</text></svg>"),
        ('<p dir="auto">My father <i>beats</i> علي, A.</p> A', '<p dir="auto">My father <i>beats</i> علي, A.</p> <bdi>A</bdi>'),
        ('<p dir="auto">علي <i>A</i></p><input dir="auto"> A', '<p dir="auto">علي <i><bdi>A</bdi></i></p><input dir="auto"> <bdi>A</bdi>'),
        ('<p dir="ltr">A <p>علي A</p>, A</p>A', '<p dir="ltr">A <p>علي A</p>, A</p><bdi>A</bdi>'),
        ("<p>يا <bdi lang='en'>A (b)</bdi></p>", "<p>يا <bdi lang='en'>A (b)</bdi></p>"),
    ],
)  # fmt: skip
def test_what_is_read_from_the_left_stands_apart(html, apart):
    assert turned(html) == apart


async def test_pages_from_right_to_left_alone_have_it(shown, asked):
    async with asked(shown, datetime(2026, 11, 29, 10, tzinfo=UTC)) as ask:
        arabic, english = [
            (await ask(f"/{tag}/endchildlabour/actions/quick-share")).text for tag in ("ar", "en")
        ]
    assert "<bdi>#EndChildLabour</bdi>" in arabic
    assert "#EndChildLabour" in english
    assert "<bdi>#" not in english


async def test_who_holds_an_event_is_named_in_the_reader_s_language(shown, asked):
    async with asked(shown, datetime(2026, 11, 29, 10, tzinfo=UTC)) as ask:
        arabic, english = [
            (await ask(f"/{tag}/endchildlabour/events/sixth-conference")).text
            for tag in ("ar", "en")
        ]
    assert "المملكة المغربية ومنظمة العمل الدولية" in arabic
    assert "Kingdom of Morocco and ILO" in english
