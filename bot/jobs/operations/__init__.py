"""Jobs of operations: status, alarms, probes, backup, reload."""
