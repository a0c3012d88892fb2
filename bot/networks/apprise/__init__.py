"""E-mail and chat services through Apprise."""
