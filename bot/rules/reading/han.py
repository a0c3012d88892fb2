"""What is written in Chinese characters and without spaces: numbers, days of the month, and hours,
as figures.
"""

import re

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff〇"
"""The characters, as they stand in a class of a pattern."""

_DIGITS = {sign: number for number, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TEN = "十"
_ONES = "".join(_DIGITS)
_YEAR = re.compile(rf"(?:[{_ONES}]{{4}}|[{_ONES}]{{2}})(?=\s*年)")
_NUMBER = re.compile(
    rf"(?<![{_ONES}{_TEN}])(?:[{_ONES}]?{_TEN}[{_ONES}]?|[零〇]?[{_ONES}])"
    r"(?=\s*(?:[年月日号號點点时時分天周週]|[个個]?(?:星期|礼拜|禮拜)|[个個]月))"
)
"""One number: 七八点 is seven or eight."""

_DAY = re.compile(rf"(?<=\d月)(?:[{_ONES}]?{_TEN}[{_ONES}]?|[{_ONES}])(?![{_ONES}{_TEN}])")
_HALF = re.compile(r"(\d{1,2})\s*[点點时時]\s*半")
_MINUTES = re.compile(r"(\d{1,2})\s*[点點时時]\s*(\d{1,2})\s*分?")
_HOUR = re.compile(r"(\d{1,2})\s*[点點时時](?:\s*[钟鐘整])?")
_LETTER = re.compile(f"[{HAN}]")


def figures(text: str) -> str:
    """Return the text with numbers of years, months, weeks, days and hours in figures, and hours as
    clocks show them: '下午三点半' becomes '下午3:30'.
    """
    if not _LETTER.search(text):
        return text
    for numbers in (_YEAR, _NUMBER, _DAY):
        text = numbers.sub(lambda said: _figure(said[0]), text)
    text = _HALF.sub(r"\1:30 ", text)
    text = _MINUTES.sub(lambda said: f"{said[1]}:{int(said[2]):02} ", text)
    return _HOUR.sub(r"\1:00 ", text)


def _figure(said: str) -> str:
    """Return what a number of characters says: tens by their sign, else digit by digit."""
    if _TEN not in said:
        return "".join(str(_DIGITS[sign]) for sign in said)
    tens, _, ones = said.partition(_TEN)
    return str((_DIGITS.get(tens, 1) if tens else 1) * 10 + (_DIGITS.get(ones, 0) if ones else 0))
