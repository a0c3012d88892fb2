"""Topics of the action calendar: what is to do today, sharing, and carrying on."""
