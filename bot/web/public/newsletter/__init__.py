"""The newsletter: signing up by e-mail, and the letters of months that went out.

============  ==================================================================
``page``      the steps of signing up
``archive``   the letters of months
``fields``    the fields of its form, and what was typed into them
============  ==================================================================
"""
