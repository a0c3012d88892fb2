"""Rows of planning: occurrences and waves."""
