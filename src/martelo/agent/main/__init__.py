"""The agent's processes and one-offs: the one place that wires things."""
