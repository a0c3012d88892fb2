"""Jobs: each file is one job, `run(services, now)`.

The scheduler starts it, a command can, and a rehearsal does on its own clock.
"""
