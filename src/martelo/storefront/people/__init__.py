"""Signing in, registering, the profile and one's own page."""
