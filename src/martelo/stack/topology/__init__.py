"""What runs, where, and with which settings."""
