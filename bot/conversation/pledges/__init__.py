"""Topics of pledge-makers: the pledge, its form, its team, its journey."""
