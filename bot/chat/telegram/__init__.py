"""The chat on Telegram: updates come in, replies and other messages go out."""
