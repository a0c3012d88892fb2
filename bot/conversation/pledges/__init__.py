"""Topics of pledge-makers: the pledge, its form, its editors and its journey."""
