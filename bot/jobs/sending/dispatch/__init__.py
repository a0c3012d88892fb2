"""Dispatch: what is due becomes messages, which leave at the pace of their account, each once."""
