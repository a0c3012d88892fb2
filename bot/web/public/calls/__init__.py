"""What people are called to answer on a page.

============  ==================================================================
``survey``    what those who follow a pledge are asked, without a name
============  ==================================================================
"""
