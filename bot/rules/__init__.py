"""Rules: pure functions that decide what is due, when, and to whom.

They use no I/O, no clock and no randomness; `now` is an argument.
"""
