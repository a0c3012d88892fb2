"""Jobs: what drumbeat does at an instant, in rooms by feature; `services` is what they all share.

What a process does again and again stands in the rooms as ``run(services, now)``; ``ticks`` is the
one table of these: how often, and in which of the live process, the terminal and a rehearsal.
"""
