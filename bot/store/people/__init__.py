"""Tables about people: subscribers, contacts, conversations, and what they wrote."""
