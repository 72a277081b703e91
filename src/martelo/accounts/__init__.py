"""Accounts: who people are, and how they and their programs prove it."""
