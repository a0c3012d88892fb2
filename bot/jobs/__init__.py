"""Jobs: what drumbeat does at an instant, in rooms by feature; `services` is what they all share.

What a process does again and again stands in the rooms as ``run(services, now)``.
"""
