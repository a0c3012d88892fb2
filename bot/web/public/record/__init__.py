"""What a campaign says of itself: its year, its facts, and how often its hashtags were used."""
