"""Commands about posts and links of pledge-makers that are to be amplified."""
