"""What the agent may say and do: pure functions over frozen dataclasses."""
