"""Servers that stand in for the networks in tests: `fakes/<network>.py` holds a class `Fake` for
`bot/networks/<network>.py`, found by name.
"""
