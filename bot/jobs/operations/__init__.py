"""Jobs of operations: startup, status, alarms, probes, backup, reload."""
