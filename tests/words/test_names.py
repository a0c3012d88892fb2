"""Names that people type: the nearest is told, or all where they are few."""

import pytest

from bot.errors import UsageError
from bot.names import did_you_mean, nearest, pick, suggest


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
