"""Servers on which a mailbox of ours lies."""
