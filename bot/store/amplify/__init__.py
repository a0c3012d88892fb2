"""Rows of amplifying: posts of pledge-makers, hand-post packs."""
