"""What people can come to, and what a roadmap had planned: `listed` the events, `signing`
a page for each and signing up there, `roadmap` the steps and what came of them.
"""
