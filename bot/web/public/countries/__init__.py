"""Pages about countries: how far each is that goes ahead of others, and what happened there."""
