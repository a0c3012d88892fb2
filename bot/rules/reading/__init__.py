"""Reading what people type: days, places and handles, or what is wrong with them."""
