"""Topics of everybody who talks to the bot: joining, settings, rights, help and safety."""
