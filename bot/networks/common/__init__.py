"""What the modules of several networks share: requests, bounds, threads and look-ups."""
