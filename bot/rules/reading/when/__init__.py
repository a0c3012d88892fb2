"""Reading when something is, as people type it: the time of the day, days, lengths of time."""
