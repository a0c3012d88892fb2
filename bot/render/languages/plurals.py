"""Words that go with a number: each language chooses among its own forms, as CLDR has them.

A template writes ``{{ days | plural(one="# day", other="# days") }}``; ``#`` is the number, written
as the language writes numbers. A table writes ``{days | one=# day | other=# days}`` (`bot.text`).
English has one and other, Russian one, few, many and other, Arabic
all six.
"""

from collections.abc import Collection, Iterator, Mapping
from functools import cache

from bot.languages import locale, said_number

FORMS = ("zero", "one", "two", "few", "many", "other")
"""CLDR's names of the forms."""

# Below this number each form that whole numbers usually take has occurred. What is left is for even
# millions in some languages ("un million de personnes"), which `other` may say.
_USUAL = 1_000


@cache
def possible(language: str) -> tuple[str, ...]:
    """Return the forms that the language has, in CLDR's order."""
    return tuple(form for form in FORMS if form in locale(language).plural_form.tags | {"other"})


@cache
def needed(language: str) -> tuple[str, ...]:
    """Return the forms that no text in the language may lack, in CLDR's order.

    Those are `other` and whatever a whole number below a thousand takes.
    """
    rule = locale(language).plural_form
    usual = {rule(number) for number in range(_USUAL)} | {"other"}
    return tuple(form for form in FORMS if form in usual)


def faults(forms: Collection[str], language: str) -> Iterator[str]:
    """Yield what is wrong with the forms that a text has for a number in this language."""
    for form in needed(language):
        if form not in forms:
            yield f"the plural lacks {form}=…, which {language} needs"
    known = possible(language)
    for form in forms:
        if form not in known:
            yield f"a plural in {language} has no {form}; it has {', '.join(known)}"


def say(number: float, forms: Mapping[str, str], language: str) -> str:
    """Return the form that goes with the number, with the number in place of '#'.

    Where that form is missing, `other` is used.
    """
    said = said_number(number, language)
    return forms.get(said.form, forms["other"]).replace("#", said)
