"""Commands for the operator: run, status, backup, keys and doctor."""
