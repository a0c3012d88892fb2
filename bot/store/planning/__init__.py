"""Tables about planning: occurrences, their waves, and instances of actions."""
