"""What tests of a process that dies share: what is left of its files, and whether servers and table
agree.
"""
