"""Reading: what people type -> values, or what is wrong with it."""
