"""Jobs of planning: which occurrences become rows, what an edit would change, what comes next."""
