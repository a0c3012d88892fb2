"""Values that are kept: never more than so many, and never a wrong one."""

from bot.kept import Kept


def test_one_more_than_the_most_lets_go_of_those_before_it():
    kept = Kept(2)
    kept["a"], kept["b"] = 1, 2
    assert kept == {"a": 1, "b": 2}
    kept["c"] = 3
    assert kept == {"c": 3}


def test_a_new_value_for_a_kept_key_lets_go_of_none():
    kept = Kept(2)
    kept["a"], kept["b"] = 1, 2
    kept["a"] = 4
    assert kept == {"a": 4, "b": 2}
