"""People who come to events: `signing` up and leaving, `telling` them what they need to know, and
the `board` on which staff see how many they are.
"""
