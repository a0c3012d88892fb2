"""What a campaign says of itself in numbers: its facts, and how often its hashtags were used."""
