"""Rows for staff: alerts, notices, edits, one-off posts, numbers of buttons."""
