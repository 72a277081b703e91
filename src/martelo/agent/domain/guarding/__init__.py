"""Checks of generated texts: cleaning, marking, and the rules they must keep."""
