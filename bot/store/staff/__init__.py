"""Tables for staff: alerts, notices, edits, one-off posts, and counts for them."""
