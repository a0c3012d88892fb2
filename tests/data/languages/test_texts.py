"""What each language's texts look like: nothing is left in English or in Latin letters where the
language has its own, and signs stand as they do there. Languages are the folders below content/.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache

import pytest
from tree import TOP, languages

CONTENT = TOP / "content"
OTHERS = [tag for tag in languages() if tag != "en"]

SCRIPTS = {
    "ar": "\u0600-\u06ff",
    "ru": "\u0400-\u04ff",
    "zh": "\u3400-\u4dbf\u4e00-\u9fff",
}
"""The letters of languages that have other ones than Latin."""

NAMES = frozenset(
    [
        "campaign",
        "channel",
        "cookie",
        "text",
        "when",
        "alliance",
        "android",
        "apple",
        "app",
        "bluesky",
        "blocks",
        "childhelplineinternational",
        "chrome",
        "csv",
        "desk",
        "doctor",
        "drumbeat",
        "email",
        "facebook",
        "firefox",
        "gmail",
        "google",
        "html",
        "instagram",
        "ios",
        "iphone",
        "json",
        "linkedin",
        "mastodon",
        "matrix",
        "outlook",
        "pdf",
        "png",
        "powerpoint",
        "quotes",
        "safari",
        "signal",
        "slack",
        "sms",
        "stars",
        "teams",
        "telegram",
        "threads",
        "tiktok",
        "toml",
        "twitter",
        "typst",
        "unicef",
        "url",
        "usd",
        "utc",
        "whatsapp",
        "windows",
        "word",
        "youtube",
        "zip",
        "gif",
        "jpeg",
        "jpg",
        "webp",
        "avif",
        "mp",
        "docx",
        "xml",
        "atom",
        "ics",
        "id",
        "ok",
        "pro",
        "press",
        "office",
        "org",
        "com",
        "int",
        "bot",
        "start",
        "http",
        "https",
        "www",
        "cet",
        "gmt",
        "iban",
        "ip",
        "tls",
        "smtp",
        "dns",
        "mcp",
        "api",
        "gdpr",
        "ilo",
        "oit",
        "onu",
        "un",
        "ong",
        "covid",
        "vs",
        "max",
        "min",
        "pt",
        "br",
        "pc",
        "usb",
        "wifi",
        "qr",
        "child",
        "helpline",
        "international",
    ]
)
"""Names, kinds of files and marks of the trade that stand in Latin letters everywhere."""

_CODE = re.compile(
    r"\{\w+\}|\b\w+ = (?:\"[^\"]*\"|\w+)|`[^`]*`|https?://\S+|\S+@\S+|\b\w+(?:/[\w.\-]+)+|[/#@$\[][\w.\-\[\]]+|\S*[_=]\S*|[\w-]+(?:\.[\w-]+)+(?:/\S*)?"
    r"|\b[A-Z]{1,6}\d*\b|\w*\d\w*"
)
"""What machines read: commands, tags, names of accounts, addresses, settings, abbreviations."""

_MACHINES = re.compile(r"https?://\S+|`[^`]*`|\b\w+ = \S+")

_BLOCK = re.compile(r"\{%-?\s*block\s+(\w+)[^%]*%\}(.*?)\{%-?\s*endblock", re.DOTALL)
_SPOKEN = re.compile(r"""\{\{(?:[^{}"']|"[^"]*"|'[^']*')*\}\}""")
_FORM = re.compile(r"""\b(?:zero|one|two|few|many|other)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_GAP = re.compile(r"\{(\w+)(?:\s*\|([^{}]*))?\}")
_READ = ("asking.", "instants.", "lengths.", "numbers.", "age.")
"""Tables of what people type, with commas between."""

_NO_TEXT = ("name", "version", "source", "leave_url", "url")


def _of_template(body: str) -> str:
    """What a block says: without what code does, with the forms that go with numbers."""
    body = re.sub(r"(?s)\{#.*?#\}", "", body)
    said = _SPOKEN.sub(
        lambda gap: " \u2026 ".join(a or b for a, b in _FORM.findall(gap[0])) or "\u2026", body
    )
    return re.sub(r"(?s)\{%.*?%\}", "", said).strip()


def _of_value(text: str) -> str:
    """What a value of a table says, in the same way."""

    def said(gap: "re.Match[str]") -> str:
        forms = (form.partition("=")[2] for form in (gap[2] or "").split("|"))
        return " \u2026 ".join(filter(None, map(str.strip, forms))) or "\u2026"

    return _GAP.sub(said, text).strip()


def _values(table: Mapping[str, object], above: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _values(value, f"{above}{key}.")
        elif isinstance(value, str) and key not in _NO_TEXT and above not in _READ:
            yield f"{above}{key}", value


UNSAID = ("typed.toml", "language.toml", "digests.toml")
"""Files of which nobody reads a text."""


@cache
def texts(language: str) -> dict[str, str]:
    """Every text of a language by file and name; what people type, and the glossary, left out."""
    said: dict[str, str] = {}
    for file in sorted((CONTENT / language).rglob("*")):
        name = file.relative_to(CONTENT / language).as_posix()
        if file.suffix == ".j2":
            blocks = _BLOCK.findall(file.read_text("utf-8"))
            said |= {f"{name}: {block}": _of_template(body) for block, body in blocks}
        elif file.suffix == ".toml" and file.name not in UNSAID:
            table = tomllib.loads(file.read_text("utf-8"))
            said |= {f"{name}: {key}": _of_value(text) for key, text in _values(table)}
    return said


def prescribed() -> set[str]:
    """Paragraphs that sources give word for word, and that stand in English in each language."""
    return {
        " ".join(body.split())
        for file in CONTENT.glob("*/endchildlabour*/*.j2")
        for block, body in _BLOCK.findall(file.read_text("utf-8"))
        if block.startswith("prescribed")
    }


def words(text: str) -> list[str]:
    """The words of a text in Latin letters that are no names and no code."""
    found = re.findall(r"[A-Za-zÀ-ɏ’]{2,}", _CODE.sub(" ", text))
    return [word for word in found if word.casefold().strip("’") not in NAMES]


def test_what_a_text_says_is_read_without_code():
    body = '{% if x %}Hello {{ n | plural(one="# day", other="# days") }}{% endif %} {{ name }}!'
    assert _of_template(body).split() == ["Hello", "#", "day", "…", "#", "days", "…!"]
    assert _of_value("For {days | one=# day | other=# days} {x}") == "For # day … # days …"
    assert words("`drumbeat run`, /help @ilo #Tag DRUMBEAT_X, content/en.toml: Guten Tag") == [
        "Guten",
        "Tag",
    ]


@pytest.mark.parametrize("language", OTHERS)
def test_no_text_is_left_as_it_is_in_english(language):
    english, quoted = texts("en"), prescribed()
    left = {
        place: text
        for place, text in texts(language).items()
        if text == english.get(place)
        and len(words(text)) > (0 if language in SCRIPTS else 2)
        and " ".join(text.split()) not in quoted
    }
    assert left == {}


@pytest.mark.parametrize("language", [tag for tag in OTHERS if tag in SCRIPTS])
def test_no_latin_word_stands_in_a_language_with_letters_of_its_own(language):
    english, quoted = texts("en"), prescribed()
    left = {
        place: found
        for place, text in texts(language).items()
        if " ".join(text.split()) not in quoted
        and (found := [word for word in words(text) if not _is_name(word, english.get(place, ""))])
    }
    assert left == {}


def _is_name(word, english):
    """Whether a word begins with a capital and stands in the English text, as a name does."""
    return word[0].isupper() and word in english


WRONG = {
    "ar": (
        (r"[\u0600-\u06ff»)…][,;?]|[,;?] ?[\u0600-\u06ff]|^[,;?]", "، ؛ ؟ in the place of , ; ?"),
        (r"[“”\"]", "« » in the place of other quotes"),
    ),
    "es": ((r"[“”]", "« » in the place of other quotes"),),
    "fr": ((r"[“”]", "« » in the place of other quotes"),),
    "pt": (
        (r"[«»\"]", "“ ” in the place of other quotes"),
        (r" [;:!?]", "no space before ; : ! ?"),
    ),
    "ru": (
        (r"[“”\"]", "« » and „ “ in the place of other quotes"),
        (r"[\u0400-\u04ff] [-–] [\u0400-\u04ff]", "a dash is —"),
        (r" [;:!?]", "no space before ; : ! ?"),
    ),
    "zh": (
        (r"[\u4e00-\u9fff”」』）…] ?[,;:?!]|[\u4e00-\u9fff]\.|^[,;?]", "，；：？！。 in the place of , ; : ? ! ."),
        (r"[\u4e00-\u9fff…] ?\(|\) ?[\u4e00-\u9fff…]", "（ ） in the place of ( )"),
        (r"[\"«»]", "“ ” in the place of other quotes"),
        (r"[\u4e00-\u9fff] [\u4e00-\u9fff]", "no space between two characters"),
    ),
}  # fmt: skip
"""By language: signs that don't stand there, and what does."""


@pytest.mark.parametrize("language", OTHERS)
def test_signs_stand_as_the_language_has_them(language):
    quoted = prescribed()
    wrong = [
        f"{place}: {text[max(0, found.start() - 20) : found.end() + 20]!r}: {what}"
        for place, text in texts(language).items()
        if " ".join(text.split()) not in quoted
        for sign, what in (
            *WRONG.get(language, ()),
            (r"[^\s…] {2,}[^\s…]", "one space between words"),
        )
        for found in re.finditer(sign, _MACHINES.sub("…", text))
    ]
    assert wrong == []
