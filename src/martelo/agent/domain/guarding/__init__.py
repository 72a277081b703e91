"""Checks of generated texts: cleaning, marking, and the rules of the guard."""
