"""Texts that need no model: the same facts always give the same words."""
