"""The rules of an auction: pure functions over frozen dataclasses."""
