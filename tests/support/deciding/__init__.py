"""All that people decide, and what there is before they do: for the log of who did what."""
