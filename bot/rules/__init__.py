"""Rules: pure functions that say when and whether; no I/O, no clock, no randomness, `now` is an
argument.
"""
