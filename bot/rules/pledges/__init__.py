"""Rules about pledge-makers and each other: who might work together, what they pass on,
and what is shown of a name.
"""
