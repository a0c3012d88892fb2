"""Rules about pledge-makers and each other: who might work together, and what they pass on."""
