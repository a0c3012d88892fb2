"""Rows of people: subscribers, contacts, conversations, what they wrote."""
