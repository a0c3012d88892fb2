"""What an individual is called before they let their full name be shown."""

import regex

_UNSPACED = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
    r"\p{Tibetan}]"
)
"""Letters of scripts in which a full name is one word, or of no words at all."""

_CHARACTER = regex.compile(r"\X")


def first_of(name: str) -> str:
    """Return the first word of a name; of one in a script that writes full names without a space,
    its first character as readers see it. '' where there is no word.
    """
    word = next(iter(name.split()), "")
    sign = _CHARACTER.match(word) if _UNSPACED.search(word) else None
    return sign[0] if sign else word
