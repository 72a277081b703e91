"""Intentions that take several ports."""
