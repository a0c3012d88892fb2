"""Pledges that are public: the wall on which they are looked for, and the page of each."""
