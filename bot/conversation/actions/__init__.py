"""Topics of the action calendar: what is asked today, sharing, carrying on."""
