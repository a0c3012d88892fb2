"""Copies of the database, as files on a disk."""
