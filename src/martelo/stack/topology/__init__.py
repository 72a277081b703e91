"""What runs, where, and what it is given."""
