"""Events that people can come to: `when` they are, and how `calendars` say them."""
