"""Commands about the people who work with the bot."""
