"""Commands about pledges and their milestones."""
