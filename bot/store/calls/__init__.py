"""What people answer to calls."""
