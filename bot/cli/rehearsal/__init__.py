"""The command that rehearses a campaign."""
