"""The newsletter: people without Telegram, who get the calendar by e-mail."""
