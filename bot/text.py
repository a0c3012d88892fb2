"""Lengths and hashtags of a text, as each network counts them.

Bidirectional isolates for right-to-left texts.

Four counters (`Limits.counter`):

==============  ====================================================================
``weighted``    X. Of the NFC form: every link 23 (bare domains with a known
                top-level domain are links), every emoji sequence 2, a code point of
                the light ranges 1, any other 2. Sequences that X's published rules
                (twitter-text 3.1.0) don't know count as the emoji that they are made
                of: nobody outside knows what its servers do, and more is the safe side
``graphemes``   Bluesky. What a reader takes for one character
``characters``  Mastodon. Code points, every http(s) link 23. Newer servers count
                graphemes, which are never more: the safe side
``utf16``       Telegram. UTF-16 units, as its entity offsets do. Its documentation
                says only "characters", which are never more: the safe side
==============  ====================================================================
"""

import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator

import regex

from bot.links import link_spans, mail_spans, x_links
from bot.model import Limits
from bot.model.channel import Excess

Spans = list[tuple[int, int]]
"""Where pieces of a text begin and end, in their order."""

X_LINK = 23
"""What X counts for a link, whatever its length."""

_CLOSELY = 10_000
"""Characters above which neither X's weights nor graphemes are looked at; it takes 280 and 300."""

_SIGNED = regex.compile(r"[#@][\p{L}\p{M}\p{N}_]+")
_STRONG = regex.compile(r"(?P<ltr>\p{bc=L})|(?P<rtl>[\p{bc=R}\p{bc=AL}])")

_LIGHT = regex.compile("[\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]")
_FSI, _PDI = "\u2068", "\u2069"

CONTROLS = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202d\u202e"
"""What no text may hold, as a class of a regular expression: all control characters but line ends
and tabs, the two separators that some readers take for line ends, and the two marks that turn round
what follows.
"""

_CONTROLS = regex.compile(f"[{CONTROLS}]")
_LINE_ENDS = regex.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# the Braille blank is a sign to Unicode, and nothing to the eye
_UNSEEN = regex.compile(r"[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*")
_SAID = regex.compile("[。！？；，、]+[」』”’）》]*")  # Chinese may be broken behind it
_GRAPHEME = regex.compile(r"\X")
# Digits, '#' and '*' have the Emoji property too, but are emoji only as keycaps.
_ELEMENT = (
    r"(?:(?![0-9#*])\p{Emoji}(?:\p{Emoji_Modifier}|\uFE0F)?(?:[\U000E0020-\U000E007E]+\U000E007F)?)"
)
_EMOJI = regex.compile(rf"\p{{RI}}{{2}}|[0-9#*]\uFE0F?\u20E3|{_ELEMENT}(?:\u200D{_ELEMENT})*")

# What twitter-text 3.1.0 knows of joined emoji: those of Emoji 11 and before.
_ADULT, _SKIN = "[👨👩]", "[🏻🏼🏽🏾🏿]?"
_JOINED_KNOWN = regex.compile(
    rf"{_ADULT}(?:\u200D[👨👩👧👦])+"
    rf"|{_ADULT}\u200D❤\uFE0F?\u200D(?:💋\u200D)?{_ADULT}"
    rf"|{_ADULT}{_SKIN}\u200D(?:[🌾🍳🎓🎤🎨🏫🏭💻💼🔧🔬🚀🚒🦰🦱🦲🦳]|[⚕⚖✈]\uFE0F?)"
    r"|[👮👯👱👳👷💁💂💆💇🕵🙅🙆🙇🙋🙍🙎🚣🚴🚵🚶🤦🤷🤸🤹🤼🤽🤾🦸🦹🧖🧗🧘🧙🧚🧛🧜🧝🧞🧟🏃🏄🏊🏋🏌⛹]"
    rf"(?:{_SKIN}|\uFE0F)\u200D[♀♂]\uFE0F?"
    r"|🏳\uFE0F?\u200D🌈|🏴\u200D☠\uFE0F?|👁\uFE0F?\u200D🗨\uFE0F?"
)
#: emoji of later versions, of which it takes a skin tone or the sign of an emoji for another one
_LATER = regex.compile(
    r"[\u26A7\U0001F90C\U0001F90F\U0001F977\U0001F9BB\U0001F9CD-\U0001F9CF\U0001FA70-\U0001FAFF]"
    r"[\uFE0F\p{Emoji_Modifier}]"
)

_STEM = 60  # letters of a file's name; systems take 255 bytes, and a letter may have four

_ONE = 2  # what X counts for an emoji that it knows

# Some apps make one or two long dashes of three short ones.
_BETWEEN_POSTS = regex.compile(r"^[ \t]*(?:-{3,}|[–—][-–—]*)[ \t]*$", regex.MULTILINE)

# A line may end at any space but those that keep what stands beside them together.
_GAP = regex.compile(r"[^\S\u00A0\u202F\u2007]+")

_TAG_CHAR = r"[\p{L}\p{M}\p{Nd}_\u200c\u200d·・]"
# An emoji may stand right before a hashtag; the '#' of a keycap begins none.
_BEFORE_TAG = r"(?<![\p{L}\p{Nd}_&/])(?<!(?![\uFE0E\uFE0F])\p{M})"
_HASHTAG = regex.compile(
    rf"{_BEFORE_TAG}[#＃](?![\uFE0F\u20E3])(?={_TAG_CHAR}*\p{{L}}){_TAG_CHAR}+"
)
_LATIN_WORD = r"[\p{Latin}\p{M}\p{Nd}][\p{Latin}\p{M}\p{Nd}’'.&-]*(?<=[\p{Latin}\p{M}\p{Nd}])"
# What somebody wrote in Latin letters has figures, signs and brackets of its own: apart, its pieces
# would be read from the right, “9,000 francs” as “francs 9,000”.
_FIGURE = r"\p{Nd}++(?:[.,:/-]\p{Nd}++)*+"
_LATIN = rf"(?=\p{{Nd}}*\p{{Latin}}){_LATIN_WORD}"
_OWN = r"(?:(?=\p{Ll})|(?<=(?:[«(“]|: )[\p{Nd}.,:/-]+ ))"
_BEGUN = rf"(?:(?<!\p{{Nd}}[.,:/-]){_FIGURE} {_OWN})?{_LATIN}"
_BRACKETS = r"\([^()\p{bc=R}\p{bc=AL}\n]{1,60}\)"
_GOES_ON = (
    rf"(?: (?:{_LATIN_WORD}|{_FIGURE})| (?=\([^()\n]*\p{{Latin}}){_BRACKETS}|/{_LATIN}"
    rf"|(?:[ ,;:.?!&+–—“”‘’-]|\p{{Nd}}|{_BRACKETS}){{1,16}}{_LATIN})"
)
_LATIN_RUN = rf"(?<!\p{{Nd}}){_BEGUN}{_GOES_ON}*(?:@(?!\w)|\?(?=[\s»”)]|$))?"
# A telephone number and a day in figures would be read group by group from the right.
_GROUPS = (
    r"(?<![\p{L}\p{Nd}.,:/-])"
    r"(?:\+\p{Nd}++(?:[ -]\p{Nd}++)*|\p{Nd}{2,}(?: \p{Nd}++)+|\p{Nd}++(?:-\p{Nd}++){2,})"
)
_COMMAND = r"(?<![^\s(«])/[a-z][a-z_\d]*(?![\w/])"
_CODE = r"`[^`\n\p{bc=R}\p{bc=AL}]+`"
_MENTION = r"@[\p{Latin}\p{Nd}_]+(?:[.@-][\p{Latin}\p{Nd}_]+)*"
_LATIN_TAG = r"[#＃](?=\w*\p{Latin})[\w]+"
_LEFT_TO_RIGHT = regex.compile(f"{_CODE}|{_MENTION}|{_LATIN_TAG}|{_COMMAND}|{_LATIN_RUN}|{_GROUPS}")


def measure(text: str, limits: Limits) -> int:
    """Return the length of `text` in the unit of `limits.counter`, with what counts beside it.

    A text beyond what such a network could ever take is counted by code points, since an exact
    count takes long. Raises ValueError for a counter that doesn't exist.
    """
    return limits.beside + _measured(text, limits)


def _measured(text: str, limits: Limits) -> int:
    match limits.counter:
        case "weighted" | "graphemes" if len(text) > _CLOSELY:
            return len(text)
        case "weighted":
            return _weighted(text, X_LINK if limits.link_length is None else limits.link_length)
        case "graphemes":
            return len(_GRAPHEME.findall(text))
        case "characters":
            return _characters(text, limits.link_length)
        case "utf16":
            return len(text.encode("utf-16-le", "surrogatepass")) // 2
    raise ValueError(
        f"no counter is called {limits.counter!r}; there are: characters, graphemes, utf16,"
        " weighted"
    )


def excess(text: str, limits: Limits, *, picture: bool = False) -> tuple[Excess, ...]:
    """Return what is too long in `text`, or in a caption where it goes under a picture.

    Empty when it fits.
    """
    caption = picture and limits.caption is not None
    allowed = limits.caption if picture and limits.caption is not None else limits.length
    size = len(text.encode("utf-8", "surrogatepass"))
    length = 0 if _fits_surely(text, limits, allowed) else measure(text, limits)
    excesses = []
    several = limits.messages > 1 and len(broken(text, allowed)) <= limits.messages
    if length > allowed and not several:
        emoji = limits.counter == "weighted" and _several(text)
        excesses.append(
            Excess(count=length, most=allowed, caption=caption, emoji=emoji, beside=limits.beside)
        )
    if limits.bytes is not None and size > limits.bytes:
        excesses.append(Excess(count=size, most=limits.bytes, bytes=True))
    return tuple(excesses)


def _fits_surely(text: str, limits: Limits, allowed: int) -> bool:
    """Return whether a look is enough to see that the text isn't too long; False says nothing."""
    match limits.counter:
        case "characters":
            # as if every address stood beside the words that it is counted for
            most = len(text) + (limits.link_length or 0) * text.count("://")
        case "graphemes":
            most = len(text)
        case "utf16":
            most = 2 * len(text)
        case _:
            return False
    return limits.beside + most <= allowed


def problems_of_length(text: str, limits: Limits, *, picture: bool = False) -> tuple[str, ...]:
    """Say what is too long in `text` in plain words; empty when it fits."""
    return tuple(map(str, excess(text, limits, picture=picture)))


def broken(text: str, most: int, first: int | None = None) -> tuple[str, ...]:
    """Break a text into pieces of at most `most` characters, the first of at most `first`: between
    paragraphs where that is possible, else between lines or words, or behind a sign of Chinese,
    and neither within isolates nor within what a reader takes for one character.
    """
    pieces: list[str] = []
    room = most if first is None else first
    while len(text) > room:
        end = _break(text, room)
        pieces.append(text[:end].rstrip())
        text, room = text[end:].lstrip(), most
    return tuple(piece for piece in (*pieces, text) if piece)


def _break(text: str, room: int) -> int:
    within = text[: room + 1]
    said = [match.end() for match in _SAID.finditer(text[:room])]
    for mark, least in (("\n\n", room // 3), ("\n", room // 3), (" ", 1), ("\n", 1)):
        end = within.rfind(mark, least)
        if mark == " " and said and said[-1] > max(end, room // 3):
            end = said[-1]  # Chinese has no spaces, and nothing else may end a line there
        opened = within.rfind("\u2068", 0, max(end, 0))
        if opened > within.rfind("\u2069", 0, max(end, 0)):
            end = opened
        if end > 0:
            return end
    ends = [match.end() for match in _GRAPHEME.finditer(within) if match.end() <= room]
    return ends[-1] if ends else max(1, room)


def parts(text: str) -> tuple[str, ...]:
    """Return the posts of a thread, which people write with a line of dashes between two.

    A text without such a line is a single post.
    """
    return tuple(seen for part in _BETWEEN_POSTS.split(text) if (seen := visible(part)))


def visible(text: str) -> str:
    """Return the text without blank ends; '' where nobody would see anything of it, as where only
    zero-width characters stand in it, which come along when people copy.
    """
    return "" if _UNSEEN.fullmatch(text) else text.strip()


def joined(posts: Iterable[str]) -> str:
    """Join the posts of a thread to one text, as `parts` reads it."""
    return "\n---\n".join(posts)


def beginning(text: str, most: int) -> str:
    """Return the text on one line, cut as `shortened` does."""
    return shortened(_GAP.sub(" ", text.strip()), most)


def shortened(text: str, most: int) -> str:
    """Return the text, cut with "…" where it has more than `most` characters (at least ten): at a
    space that may end a line, or where that would lose more than half, between two characters as
    readers see them, as in scripts without spaces.
    """
    if len(text) <= most:
        return text
    room = most - 2  # of " …"
    ends = [match.end() for match in _GRAPHEME.finditer(text[: most + 1]) if match.end() <= room]
    whole = text[: ends[-1] if ends else room]
    gaps = [match.start() for match in _GAP.finditer(whole)]
    words = whole if _GAP.match(text, len(whole)) else whole[: gaps[-1] if gaps else 0]
    return f"{words.rstrip()} …" if len(words) > room // 2 else f"{whole.rstrip()}…"


def counted(count: int, single: str, several: str) -> str:
    """Return the number with its words in English: "1 post waits", "3 posts wait"."""
    return f"{count} {single if count == 1 else several}"


def address_form(address: str) -> str:
    """Return the form in which spellings of one address are equal: NFC, in small letters."""
    return unicodedata.normalize("NFC", address.strip()).lower()


def normal(hashtag: str) -> str:
    """Return the form in which hashtags are compared: NFC, caseless, with a plain '#'."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", hashtag).casefold()).replace(
        "＃", "#"
    )


def hashtags(text: str) -> tuple[str, ...]:
    """Return the hashtags in `text` in order: NFC, with '#', each once (compared caselessly).

    The fragment of a link is no hashtag.
    """
    text = unicodedata.normalize("NFC", text)
    tags: dict[str, str] = {}
    for start, end in hashtag_spans(text):
        tags.setdefault(normal(text[start:end]), text[start:end])
    return tuple(tags.values())


def hashtag_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Return where the hashtags of `text` begin and end, with their '#', in order."""
    spans = tuple(match.span() for match in _HASHTAG.finditer(text))
    # no link goes over a space, so most texts needn't be searched for links, which takes longer
    if all(start == 0 or text[start - 1].isspace() for start, _ in spans):
        return spans
    links_of = link_spans(text)
    return tuple(
        span for span in spans if not any(start <= span[0] < end for start, end in links_of)
    )


def has_hashtag(text: str, hashtag: str) -> bool:
    """Return whether `hashtag` (with '#') stands in `text` as one of its own, in any case."""
    return normal(hashtag) in {normal(tag) for tag in hashtags(text)}


def is_hashtag(text: str) -> bool:
    """Return whether the whole of `text` is one hashtag that networks link.

    That is '#', then letters, digits and '_', not only digits.
    """
    return _HASHTAG.fullmatch(unicodedata.normalize("NFC", text)) is not None


def without_controls(text: str) -> str:
    """Return the text without control characters; those that mean a line end become one."""
    return _CONTROLS.sub("", _LINE_ENDS.sub("\n", text)) if _CONTROLS.search(text) else text


def controls(text: str) -> tuple[str, ...]:
    """Return the control characters in a text that no text may hold, each once."""
    return tuple(dict.fromkeys(_CONTROLS.findall(text)))


def control_name(sign: str) -> str:
    """Return the name of a character, as 'U+202E RIGHT-TO-LEFT OVERRIDE'."""
    return f"U+{ord(sign):04X} {unicodedata.name(sign, 'a control character')}"


def control_names(text: str) -> tuple[str, ...]:
    """Return the names of the control characters in a text that none may hold, each once."""
    return tuple(map(control_name, controls(text)))


def ways(text: str) -> Counter[str]:
    """Count the letters of a text by the direction in which they go, 'ltr' or 'rtl'. Hashtags and
    @names count for neither.
    """
    return Counter(str(match.lastgroup) for match in _STRONG.finditer(_SIGNED.sub("", text)))


def first_way(text: str) -> str:
    """Return the direction of the first letter that has one, 'ltr' or 'rtl'; '' where none has."""
    first = _STRONG.search(text)
    return str(first.lastgroup) if first else ""


def file_stem(title: str) -> str:
    """Return a title as the name of a file, without its ending: its letters and digits of whatever
    script, in small letters, with '-' between words. 'file' where it has none.
    """
    small = unicodedata.normalize("NFC", title).casefold()
    return regex.sub(r"[^\p{L}\p{M}\p{N}]+", "-", small).strip("-")[:_STEM] or "file"


def spans_from_left(text: str) -> Spans:
    """Return where in a right-to-left text stands what is read from the left, in order: links,
    addresses, hashtags, @names, /commands, words in Latin letters with the figures and signs among
    them, telephone numbers, and days such as 2021-06-04.
    """
    whole = _merged([*link_spans(text), *mail_spans(text)])
    return sorted([*whole, *_between(text, whole)])


def in_turn(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    """Yield all pieces of a text, those of these spans and those between them, each with whether it
    is of one.
    """
    done = 0
    for start, end in spans:
        yield text[done:start], False
        yield text[start:end], True
        done = end
    yield text[done:], False


def isolates(text: str) -> str:
    """Return right-to-left `text` with FSI … PDI around what is read from the left (see
    `spans_from_left`).

    They keep their own direction then. Readers and servers take an isolate for a part of the link,
    and see no hashtag or command behind one, so around these it stands outside the spaces on both
    sides, and nowhere where there are none. What stands in isolates already is left alone, so doing
    it twice changes nothing; and so are lines without right-to-left letters.
    """
    parts = enumerate(_LEFT_ALONE.split(text))
    return "".join(part if n % 2 else _isolated(part) for n, part in parts)


_LEFT_ALONE = regex.compile(rf"(?m)({_FSI}[^{_PDI}]*{_PDI}|^[^\p{{bc=R}}\p{{bc=AL}}\n]*$)")


def _isolated(text: str) -> str:
    # Within an address a mark would make it another one.
    links = sorted([*link_spans(text), *mail_spans(text)])
    # Readers take all up to a space for a link, even behind letters; gaps are filled by bare names.
    whole = _merged([*links, *(at.span() for at in regex.finditer(r"https?://\S*|\{\w+\}", text))])
    bare, words = list(links), Spans()
    for span in _between(text, whole):
        (bare if text[span[0]] in "@#＃/" else words).append(span)
    return _marked(text, sorted([*words, *_with_spaces(text, sorted(bare), whole)]))


def _marked(text: str, spans: Spans) -> str:
    pieces = in_turn(text, spans)
    return "".join(f"{_FSI}{piece}{_PDI}" if inside else piece for piece, inside in pieces)


def _between(text: str, whole: Spans) -> Iterator[tuple[int, int]]:
    """Yield where else something goes from left to right, none of it within one of these spans."""
    begins = [0, *(end for _, end in whole)]
    ends = [*(start for start, _ in whole), len(text)]
    for begin, end in zip(begins, ends, strict=True):
        yield from (match.span() for match in _LEFT_TO_RIGHT.finditer(text, begin, end))


def _merged(spans: Spans) -> Spans:
    """Return the spans in order, with those that overlap merged into one."""
    merged: Spans = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _with_spaces(text: str, bare: Spans, whole: Spans) -> Iterator[tuple[int, int]]:
    """Yield the spans that have a space on both sides, or stand in brackets without a link, with
    these; neighbours become one.

    A span is left out where the space stands right behind what readers take for a link.
    """
    starts, ends = [start for start, _ in whole], {end for _, end in whole}
    runs: Spans = []
    for start, end in bare:
        if runs and text[runs[-1][1] : start] == " ":
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    for start, end in runs:
        around = text[start - 1 : start] + text[end : end + 1]
        if around not in ("  ", "()") or start - 1 in ends:
            continue
        before = bisect_left(starts, end)
        if around == "  " or not before or whole[before - 1][1] <= start:
            yield start - 1, end + 1


def _characters(text: str, link_length: int | None) -> int:
    if link_length is None:
        return len(text)
    # Mastodon links no bare domain: those count as they are.
    inside = [
        end - start
        for start, end in link_spans(text)
        if regex.match("https?://", text[start:end], flags=regex.IGNORECASE)
    ]
    return len(text) - sum(inside) + link_length * len(inside)


def _weighted(text: str, link_length: int) -> int:
    text = regex.sub(r"\r\n?", "\n", unicodedata.normalize("NFC", text))
    total, position = 0, 0
    for start, end in x_links(text):
        total += _weight(text[position:start]) + link_length
        position = end
    return total + _weight(text[position:])


def _weight(text: str) -> int:
    rest = _EMOJI.sub("", text)
    sequences = sum(_emoji_weight(match[0]) for match in _EMOJI.finditer(text))
    return sequences + 2 * len(rest) - len(_LIGHT.findall(rest))


def _several(text: str) -> bool:
    """Return whether X may count one of the text's emoji as several."""
    return any(_emoji_weight(match[0]) > _ONE for match in _EMOJI.finditer(text[:_CLOSELY]))


def _emoji_weight(sequence: str) -> int:
    """Return what X may count for an emoji: 2, or more for one that its published rules don't
    know.
    """
    if "\u200d" in sequence and not _JOINED_KNOWN.fullmatch(sequence):
        parts = sequence.split("\u200d")
        return sum(map(_emoji_weight, parts)) + len(parts) - 1
    return 2 * _ONE if _LATER.fullmatch(sequence) else _ONE
