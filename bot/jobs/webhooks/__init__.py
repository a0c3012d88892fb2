"""Webhooks: others' servers are told what happens, by Standard Webhooks."""
