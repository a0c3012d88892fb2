"""Moving a whole database into another one."""
