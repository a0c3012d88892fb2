"""What a running process shows of itself to whoever watches it from outside.

===========  ==================================================================
``failures``  what fails now: told once, tried again, told to be well again
``pulse``     whether what has something to do moves
``progress``  whether an account comes forward
``life``      when each job came to its end, how late the loop is, what is wrong
``view``      all of it with what the database says, at one instant
===========  ==================================================================
"""
