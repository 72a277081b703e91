"""Passwords: their rules, their hashes, changing and resetting them."""
