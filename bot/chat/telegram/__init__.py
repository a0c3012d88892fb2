"""The chat on Telegram: updates in, messages out."""
