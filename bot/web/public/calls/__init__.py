"""What people are called to answer on a page.

============  ==================================================================
``survey``    what those who follow a pledge are asked, without a name
``listed``    the campaign's calls, and its favourites
``sending``   sending something to a call
``sent``      what somebody sent, as they see it by their link
============  ==================================================================
"""
