"""Broadcasts at a pace that is paid for: staff are asked, and no more is spent than they said."""
