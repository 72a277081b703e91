"""Registering, signing in, names and addresses, and who administers the house."""
