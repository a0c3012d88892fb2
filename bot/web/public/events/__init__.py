"""What people can come to, and what a roadmap had planned: `listed` the events and a page for each,
`roadmap` the steps and what came of them.
"""
