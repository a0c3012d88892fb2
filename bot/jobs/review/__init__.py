"""What became of a campaign's year, for everybody to read."""
