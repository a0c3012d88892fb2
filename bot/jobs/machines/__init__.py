"""What programs do in the name of a member of staff: they read, propose and suggest; they approve
nothing, send nothing, and see nothing of people.
"""
