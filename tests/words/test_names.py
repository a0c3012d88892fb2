"""Names that people type: the nearest is told, or all where they are few."""

import pytest

from bot.errors import UsageError
from bot.names import did_you_mean, meant, nearest, pick, suggest


def test_the_nearest_name_is_told_in_small_letters_or_not():
    assert nearest("Appel", ["pear", "apple"]) == "apple"
    assert nearest("APPLE", ["pear", "apple"]) == "apple"
    assert nearest("quince", ["pear", "apple"]) is None
    assert did_you_mean("appel", ["pear", "apple"]) == "; did you mean 'apple'?"
    assert did_you_mean("quince", ["pear", "apple"]) == ""


def test_where_none_is_near_all_are_told_if_they_fit_a_line():
    assert suggest("appel", ["pear", "apple"]) == "; did you mean 'apple'?"
    assert suggest("quince", ["pear", "apple"]) == "; there are: apple, pear"
    assert suggest("quince", []) == "; there are: none"
    assert suggest("quince", map(str, range(100))) == ""


def test_a_name_is_picked_or_refused_with_all_there_are():
    assert pick("apple", ["pear", "apple"], "thing") == "apple"
    with pytest.raises(
        UsageError, match=r"no thing is called 'appel'; did you mean apple\? there are: apple, pear"
    ):
        pick("appel", ["pear", "apple"], "thing")
    with pytest.raises(UsageError, match=r"no thing is called 'apple'; there are: none"):
        pick("apple", [], "thing")


MANY = [f"prompt-{number}-of-the-year" for number in range(40)]


def test_of_many_names_a_handful_and_the_command_that_lists_all_are_told():
    with pytest.raises(UsageError) as refused:
        pick("prompt-12-of-the-yer", MANY, "action", "drumbeat calendar")
    assert str(refused.value) == (
        "no action is called 'prompt-12-of-the-yer'; did you mean prompt-12-of-the-year,"
        " prompt-2-of-the-year, prompt-1-of-the-year, prompt-32-of-the-year or"
        " prompt-31-of-the-year? `drumbeat calendar` lists all"
    )
    assert meant("39", MANY) == "did you mean prompt-39-of-the-year?"
    assert meant("zzz", MANY, "drumbeat calendar") == (
        "there are 40, such as prompt-0-of-the-year, prompt-1-of-the-year, prompt-10-of-the-year,"
        " prompt-11-of-the-year, prompt-12-of-the-year; `drumbeat calendar` lists them"
    )
    assert suggest("zzz", MANY[:15]) == ""


def test_no_list_of_names_is_longer_than_a_few_lines():
    assert len(meant("nosuch", ["a" * 30 + str(n) for n in range(500)], "drumbeat calendar")) < 300
