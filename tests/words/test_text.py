"""Lengths as networks count them, against an independent implementation of X's rules.

Hashtags, links, isolates.
"""

import re
import sys
import unicodedata
from dataclasses import replace
from importlib import resources
from time import process_time
from types import SimpleNamespace
from unittest.mock import patch

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from tree import languages

from bot.links import _encodable, _x_patterns, link_spans, links
from bot.model import Limits
from bot.text import (
    beginning,
    file_stem,
    has_hashtag,
    hashtag_spans,
    hashtags,
    is_hashtag,
    isolates,
    measure,
    normal,
    parts,
    problems_of_length,
    shortened,
    visible,
)

# The oracle reads its list of emoji through pkg_resources, which newer Pythons come without.
_OWN_FILES = SimpleNamespace(
    resource_string=lambda module, name: (
        resources.files(module.rpartition(".")[0]) / name
    ).read_bytes()
)
with patch.dict(sys.modules, {"pkg_resources": _OWN_FILES}):
    from twitter_text import parse_tweet

X = Limits(length=280, counter="weighted", link_length=23)
BLUESKY = Limits(length=300, counter="graphemes", bytes=3_000)
MASTODON = Limits(length=500, counter="characters", link_length=23)
TELEGRAM = Limits(length=4_096, counter="utf16", caption=1_024)

FAMILY = "👩\u200d👩\u200d👧\u200d👦"


def test_x_counts_what_it_counts():
    assert measure("", X) == 0
    assert measure("hello", X) == 5
    assert measure("Let’s “go” … – —", X) == 17
    assert measure("日本", X) == 4
    assert measure("e\u0301", X) == 1  # composed first
    assert measure("a\r\nb", X) == 3
    for emoji in (
        "😀",
        "❤\ufe0f",
        "👍🏽",
        "🇫🇷",
        "1\ufe0f\u20e3",
        FAMILY,
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    ):
        assert measure(emoji, X) == 2, emoji
    assert measure(FAMILY * 3 + "!", X) == 7


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("🧑\u200d🤝\u200d🧑", 8),
        ("❤\ufe0f\u200d🔥", 5),
        ("🫱🏽\u200d🫲🏿", 9),
        ("🏳\ufe0f\u200d⚧\ufe0f", 7),
        ("👩🏽\u200d🌾", 2),
        ("👩\u200d❤\ufe0f\u200d👩", 2),
        ("🏳\ufe0f\u200d🌈", 2),
        ("🤷🏽\u200d♀\ufe0f", 2),
    ],
)
def test_emoji_that_x_may_take_for_several_count_as_several(text, length):
    assert measure(text, X) == length
    assert measure(text * 3, X) == length * 3
    assert measure(text, X) >= parse_tweet(text).weightedLength


def test_an_address_that_follows_on_right_to_left_letters_is_a_link_to_x():
    assert measure("موقعilo.org", X) == 4 + 23


def test_an_address_that_follows_on_an_emoji_is_a_link_to_x():
    assert measure("❤\ufe0filo.org", X) == measure("❤\ufe0f.ilo.org", X) - 1 == 2 + 23


def test_a_hashtag_may_follow_on_an_emoji_and_is_none_in_a_keycap():
    assert hashtags("☎\ufe0f#EndChildLabour2021") == ("#EndChildLabour2021",)
    assert hashtags("#\ufe0f\u20e3EndChildLabour2021") == ()
    assert hashtags("e\u0301#No") == ()


def test_x_counts_every_link_23():
    assert (
        measure("https://www.example.org/a/very/long/path/that/goes/on/and/on?and=on#fragment", X)
        == 23
    )
    assert measure("a.org", X) == 23
    assert measure("Start here: example2021.org", X) == 12 + 23
    assert measure("see example.org.", X) == 4 + 23 + 1
    assert measure("(https://example.org/a(b)c)", X) == 2 + 23
    assert measure("例えばexample.comです", X) == 6 + 23 + 4
    assert measure("https://example.org/中文", X) == 23 + 4


def test_x_counts_no_link_where_it_makes_none():
    assert measure("me@example.org", X) == 14
    assert measure("http://localhost/abc", X) == 20
    assert measure("version 1.2.3", X) == 13
    assert measure("file.unknownending", X) == 18


@pytest.mark.slow
@pytest.mark.parametrize("language", languages())
def test_x_counts_our_own_texts_as_the_oracle_does(language):
    from bot.library import shipped_root

    files = sorted(shipped_root().glob(f"content/{language}/*/*.j2"))
    assert files
    lines = {line for file in files for line in file.read_text("utf-8").splitlines()}
    for line in lines:
        assert measure(line, X) == parse_tweet(line).weightedLength, line


PIECES = (
    *"ab.c/:?#@-_() é中日 \n“”’!ñж\u2066",
    *(
        "https://",
        "http://",
        ".com",
        ".org",
        "example",
        "www.",
        "xn--p1ai",
        ".рф",
        ".jp",
        "e\u0301",
        "©",
    ),
    *("😀", "❤\ufe0f", "🇫🇷", "👍🏽", "👩\u200d🚀", FAMILY, "3\ufe0f\u20e3"),
)


@settings(max_examples=600, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_x_counts_as_the_oracle_does_whatever_stands_side_by_side(text):
    # the oracle asks an older rule of the DNS whether a name may be, which X's published rules don't
    link, _ = _x_patterns()
    assume(all(_encodable(match["domain"]) for match in link.finditer(text)))
    assert measure(text, X) == parse_tweet(text).weightedLength


@settings(max_examples=300, deadline=None)
@given(
    st.text(st.characters(max_codepoint=0x24FF, exclude_categories=("Cs", "Cn", "Co")), max_size=60)
)
def test_x_counts_plain_writing_as_the_oracle_does(text):
    assert measure(text, X) == parse_tweet(text).weightedLength


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_every_counter_takes_any_text(text):
    for limits in (X, BLUESKY, MASTODON, TELEGRAM):
        length = measure(text, limits)
        assert length >= 0
        assert bool(problems_of_length(text, limits)) == (
            length > limits.length
            or len(text.encode("utf-8", "surrogatepass")) > (limits.bytes or 10**6)
        )


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_x_counts_both_unicode_forms_alike(text):
    assert measure(unicodedata.normalize("NFD", text), X) == measure(text, X)


@pytest.mark.slow
def test_a_long_text_without_spaces_is_counted_in_no_time():
    for text in (
        "中" * 5_000 + ".",
        "a." * 2_500,
        "a-" * 3_000 + ".",
        "(" * 5_000 + ".com/((((",
        "https://x.org/" + "(" * 3_000,
        "#" * 5_000 + "1",
    ):
        assert measure(text, X) > 20


@pytest.mark.slow
def test_a_link_with_many_marks_behind_it_is_found_in_no_time():
    began = process_time()
    for marks in ("….’.", "’.", "….", "」。", ")’"):
        text = "https://x.org/a" + marks * 450
        assert [len(links(text)) for _ in range(20)] == [1] * 20
    assert process_time() - began < 8, "it was 19 s"


def test_graphemes_are_what_a_reader_takes_for_one():
    assert measure(FAMILY + "e\u0301" + "नि" + "ok", BLUESKY) == 5
    assert measure("https://example.org/long/path", BLUESKY) == 29


def test_mastodon_counts_links_with_a_scheme_23_and_bare_domains_as_they_are():
    assert (
        measure("see https://example.org/a/long/long/long/path/to/the/page now", MASTODON)
        == 4 + 23 + 4
    )
    assert measure("see example.org/a/long/long/long/path/to/the/page", MASTODON) == 49
    assert measure("é日😀", MASTODON) == 3
    assert measure("https://a.org", Limits(length=500, counter="characters")) == 13


def test_telegram_counts_utf16_units():
    assert measure("aé日😀", TELEGRAM) == 5


def test_an_unknown_counter_is_named():
    with pytest.raises(
        ValueError,
        match="no counter is called 'bytes'; there are: characters, graphemes, utf16, weighted",
    ):
        measure("a", Limits(length=1, counter="bytes"))


def test_what_is_too_long_says_by_how_much():
    assert problems_of_length("a" * 280, X) == ()
    assert problems_of_length("a" * 281, X) == ("counts 281, but 280 is the most: shorten it by 1",)
    assert problems_of_length("日" * 200, BLUESKY) == ()
    assert problems_of_length(FAMILY * 150, BLUESKY) == (
        "takes 3750 bytes, but 3000 is the most: shorten it by 750 bytes",
    )
    assert len(problems_of_length(FAMILY * 301, BLUESKY)) == 2


def test_what_is_too_long_by_emoji_that_x_may_count_as_several_says_so():
    friends = "🧑\u200d🤝\u200d🧑"
    assert problems_of_length(friends * 40, X) == (
        "counts 320, but 280 is the most: shorten it by 40 (X may count some of its emoji as"
        " several)",
    )
    assert problems_of_length(friends * 40, BLUESKY) == ()
    assert problems_of_length("🌳" * 141, X) == (
        "counts 282, but 280 is the most: shorten it by 2",
    )


def test_under_a_picture_the_captions_limit_holds():
    assert problems_of_length("a" * 1_025, TELEGRAM) == ()
    assert problems_of_length("a" * 1_025, TELEGRAM, picture=True) == (
        "counts 1025, but 1024 is the most under a picture: shorten it by 1",
    )
    assert problems_of_length("a" * 280, X, picture=True) == ()


def test_hashtags_are_found_in_all_scripts_and_each_once():
    text = (
        "#Été2021, #ماء_نظيف (#子ども) ＃日本 #ete2021 #ÉTÉ2021 #a_b #1 #12 #1a x#no &#8217; ##Two"
    )
    assert hashtags(text) == (
        "#Été2021",
        "#ماء_نظيف",
        "#子ども",
        "＃日本",
        "#ete2021",
        "#a_b",
        "#1a",
        "#Two",
    )


def test_a_fragment_of_a_link_is_no_hashtag():
    assert hashtags("https://example.org/a#part example.org/#other #Real") == ("#Real",)


_PIECES = st.lists(
    st.sampled_from(
        ["#One", "#two", "a", "é日", FAMILY, " ", "\n", "\u00a0", "\u3000", "\u2068", "\u2069", "(", "/", ".",
         "https://a.example/x", "HTTP://b.org/?q=1", "c.org", "c.org/", "://"]
    ),
    max_size=12,
).map("".join)  # fmt: skip


@given(_PIECES)
def test_no_hashtag_stands_in_a_link(text):
    links_of = link_spans(text)
    for begin, _ in hashtag_spans(text):
        assert not any(start <= begin < end for start, end in links_of)


@given(_PIECES, st.sampled_from([X, BLUESKY, MASTODON, TELEGRAM]), st.integers(1, 60))
def test_a_text_is_too_long_by_what_it_measures(text, network, most):
    limits = replace(network, length=most, bytes=None)
    assert bool(problems_of_length(text, limits)) == (measure(text, limits) > most)


def test_hashtags_are_compared_whatever_their_form_or_case():
    assert has_hashtag("… #e\u0301cole …", "#École")
    assert has_hashtag("＃Straße", "#STRASSE")
    assert normal("#E\u0301A") == normal("#éa")
    assert not has_hashtag("#EndIt2030", "#EndIt")
    assert not has_hashtag("EndIt", "#EndIt")


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("#A", True),
        ("#Year2021", True),
        ("#子ども", True),
        ("#1", False),
        ("A", False),
        ("#", False),
        ("#a b", False),
        ("#a-b", False),
        ("##a", False),
    ],
)
def test_what_is_one_hashtag(text, good):
    assert is_hashtag(text) is good


def test_links_are_given_as_written_and_addresses_of_people_are_none():
    assert links("See example.org, (https://example.org/a?b=c). Write to me@example.org!") == (
        "example.org",
        "https://example.org/a?b=c",
    )
    assert links("\u2068https://example.org/a\u2069 ok") == ("https://example.org/a",)
    assert links("nothing. here") == ()


def test_isolates_keep_latin_runs_together_in_right_to_left_texts():
    text = "اليوم #Bees شارك https://example.org/a مع World Vision و @user_1 و#مرحبا عام 2030."
    shown = isolates(text).replace("\u2068", "<").replace("\u2069", ">")
    assert (
        shown
        == "اليوم< #Bees >شارك< https://example.org/a >مع <World Vision> و< @user_1 >و#مرحبا عام"
        " 2030."
    )


def test_no_isolate_stands_against_a_link_a_hashtag_or_a_name():
    text = "شارك #Bees #Trees https://example.org/a، @user_1\nhttps://example.org/b\n(#Bees)"
    shown = isolates(text).replace("\u2068", "<").replace("\u2069", ">")
    assert shown == text
    assert isolates("و #Bees #Trees و").count("\u2068") == 1


def test_a_line_of_another_language_is_left_as_it_is():
    prescribed = "While we celebrate, we work. #LabourDay"
    assert isolates(f"{prescribed}\n\nمن Acme") == f"{prescribed}\n\nمن \u2068Acme\u2069"


def test_no_isolate_stands_within_a_gap_which_nothing_would_fill_then():
    assert isolates("إلى {name} من Acme") == "إلى {name} من \u2068Acme\u2069"


def test_no_isolate_stands_within_a_command_which_nobody_could_tap_then():
    text = "يمكنكم /stop الآن، أو /forget: a/b"
    shown = isolates(text).replace("\u2068", "<").replace("\u2069", ">")
    assert shown == "يمكنكم< /stop >الآن، أو /forget: <a/b>"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("يدل: 38 of 40 still teach it", ["38 of 40 still teach it"]),
        ("كلّف 9,000 francs و2 trees", ["9,000 francs", "2 trees"]),
        ("سبب: Which teachers?", ["Which teachers?"]),
        ("تعهد «40 Trees (and a farm), then: We dig. Now?» نُشر", ["40 Trees (and a farm), then: We dig. Now?"]),
        ("مثل press@ أو office@ مع", ["press@", "office@"]),
        ("اتصلوا: 116 111 أو +41 22 799 6111.", ["116 111", "+41 22 799 6111"]),
        ("على شكل 2021-06-04.", ["2021-06-04"]),
        ("يدويًا: 3 (/packs)", ["(/packs)"]),
        ("منشور (#Bees)، (https://a.org/x) ثم (w.org)", ["(#Bees)"]),
        ("يبيّن `drumbeat status --json` ذلك", ["`drumbeat status --json`"]),
        ("تقول: 401 Unauthorized", ["401 Unauthorized"]),
        ("مع ACME. وهم 3 X، عام 2030 ACME", ["ACME", "X", "ACME"]),
        ("من 5-11 سنة، 10 يونيو – 17 يونيو 2021-2022، الساعة 9:00، 1/4", []),
        ("انظروا Acme: https://example.org/a", ["Acme"]),
    ],
)  # fmt: skip
def test_what_is_read_from_the_left_keeps_its_figures_and_signs(text, kept):
    """“116 111” was shown as “111 116”, and “Which teachers?” with its sign before it."""
    assert re.findall("\u2068([^\u2069]*)\u2069", isolates(text)) == kept


@pytest.mark.parametrize(
    "address", ["data@trees.example", "2021@alliance87.org", "a.b+c@mail.acme-labs.org"]
)
def test_no_isolate_stands_within_an_address_of_e_mail(address):
    for text in (f"اكتبوا إلى {address}.", f"اكتبوا إلى {address} الآن", f"Ana <{address}> و"):
        assert address in isolates(text)
        assert isolates(isolates(text)) == isolates(text)


def test_isolates_twice_are_isolates_once_and_hide_no_hashtag_or_link():
    text = "شارك #Bees و https://example.org/a?b=c الآن"
    once = isolates(text)
    assert isolates(once) == once
    assert hashtags(once) == ("#Bees",)
    assert links(once) == ("https://example.org/a?b=c",)
    assert measure(once, X) == parse_tweet(once).weightedLength


_NEIGHBOURS = st.sampled_from(
    ("انظر", "الآن", "see", "Trees4", "2030", "#Trees", "#اليوم", "@ana", "https://example.org/a?b=1",
     "http://bücher.example/", "example.org/x", "/", "-", "«", "»", "(", ")", "،", ".", ":", "!", " ", "\n")
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(_NEIGHBOURS, max_size=9).map("".join))
@example("انظر https://example.org/a الآن")
@example("(https://example.org/a)، ثم")
@example("انظرhttps://example.org/a?b=1")
@example("https://example.org/a»see")
@example("https://example.org/a. https://example.org ")
def test_readers_take_for_a_link_what_they_take_without_isolates(text):
    """Chat services and mail programs take all up to the next space for the link."""
    readers = re.compile(r"https?://\S+")
    assert readers.findall(isolates(text)) == readers.findall(text)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            (
                "سلام",
                " ",
                "#Tag",
                "World",
                "https://a.org/x",
                "@me",
                "2030",
                "\n",
                "،",
                "#وسم",
                "a.org",
            )
        ),
        max_size=15,
    ).map("".join)
)
def test_isolates_only_add_marks_and_close_each_in_its_own_line(text):
    marked = isolates(text)
    assert marked.replace("\u2068", "").replace("\u2069", "") == text
    for line in marked.split("\n"):
        assert line.count("\u2068") == line.count("\u2069")


CLOSING = [
    *"”’»…“‘›‹«」』】）。，、！？؟،؛।：；—–―„‚〉》〕｣·•‼⁉､｡〗〙״׳",
    "”.", ".”", "’)", "”—and", "» ", " »", "」。", "。谢谢", "”, he said", "…”", "?”",
]  # fmt: skip


@pytest.mark.parametrize("mark", CLOSING)
@pytest.mark.parametrize("link", ["https://w.org/q", "w.org/q", "https://w.org/a/?b=c#d"])
def test_a_link_ends_before_the_marks_that_close_what_stands_around_it(link, mark):
    text = f"“{link}{mark}"
    assert links(text) == (link,)
    assert measure(text, X) == measure(text.replace(link, "https://w.org"), X)
    assert measure(text, MASTODON) == len(text) - len(link) + (23 if "://" in link else len(link))


@pytest.mark.parametrize(
    "link",
    [
        "https://ru.wikipedia.org/wiki/«Слово»",
        "https://w.example/#“a”",
        "https://w.example/a_(b)",
        "https://w.example/it’s/all",
        "https://w.example/a—b",
        "https://w.example/été",
        "https://w.example/年",
    ],
)
def test_marks_within_a_link_stay_in_it(link):
    assert links(f"({link}).") == (link,)


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Ten words", "Ten words"),
        ("one two\nthree four five", "one two three …"),
        ("Donaudampfschifffahrt mehr", "Donaudampfschi…"),
        ("a Donaudampfschifffahrt", "a Donaudampfsc…"),
        ("子どもの労働をなくすための年が始まる", "子どもの労働をなくすための年…"),
        ("e\u0301" * 20, "e\u0301" * 7 + "…"),
        ("👩🏽‍🏫👩🏽‍🏫👩🏽‍🏫👩🏽‍🏫👩🏽‍🏫", "👩🏽‍🏫👩🏽‍🏫👩🏽‍🏫…"),
    ],
)
def test_a_beginning_ends_at_a_word_or_else_between_two_characters(text, cut):
    assert beginning(text, 16) == cut


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("one two\nthree", "one two\nthree"),
        ("one\n\ntwo three four five", "one\n\ntwo three …"),
        ("trois mots ou\u202f? non, deux", "trois mots …"),
        ("sept mots et un\u00a0: deux", "sept mots et …"),
        ("👩🏽‍🏫👩🏽‍🏫👩🏽‍🏫👩🏽‍🏫👩🏽‍🏫", "👩🏽‍🏫👩🏽‍🏫👩🏽‍🏫…"),
    ],
)
def test_what_is_shortened_keeps_its_lines_and_what_stands_together(text, cut):
    assert shortened(text, 16) == cut


@given(st.text(min_size=1).filter(str.strip), st.integers(10, 80))
def test_a_beginning_is_short_enough_and_never_dots_alone(text, most):
    cut = beginning(text, most)
    assert 0 < len(cut) <= most
    assert cut.strip(" …") or not text.strip(" …\n")


@pytest.mark.parametrize(
    "nothing", ["", " \n", "\u200b", "\ufeff\u2060 \u200d", "\u2800\u3164", "\ufe0f"]
)
def test_what_nobody_sees_is_no_text(nothing):
    assert visible(nothing) == ""
    assert parts(f"{nothing}\n---\n{nothing}") == ()


@pytest.mark.parametrize("text", ["a", "!", "🌱", "👩‍👧", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "é\u200b", "あ", "ب"])
def test_what_somebody_sees_is_a_text(text):
    assert visible(f" {text}\n") == text


@pytest.mark.parametrize(
    ("title", "stem"),
    [
        ("Pledge draft: 2021!", "pledge-draft-2021"),
        ("Répertoire des progrès", "répertoire-des-progrès"),
        ("مسودة تعهد", "مسودة-تعهد"),
        ("مسودةً «أولًا»", "مسودةً-أولًا"),
        ("черновик-обещания", "черновик-обещания"),
        ("承诺草稿", "承诺草稿"),
        ("../–…", "file"),
    ],
)
def test_a_file_is_called_by_the_letters_of_its_title_in_every_script(title, stem):
    """Drafts in Arabic, Russian and Chinese were all called “-”."""
    assert file_stem(title) == stem
