"""X: posting to it, and counting uses of hashtags on it."""
