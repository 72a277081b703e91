"""The agent's rules: pure functions over frozen dataclasses."""
