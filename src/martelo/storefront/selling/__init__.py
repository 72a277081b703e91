"""Offering a lot, changing and cancelling it."""
