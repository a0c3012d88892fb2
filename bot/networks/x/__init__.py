"""X: posting and counting."""
