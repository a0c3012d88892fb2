"""The rehearsal: a campaign on a simulated clock, with a made-up public."""
