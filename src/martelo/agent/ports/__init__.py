"""What the agent needs from outside, as Protocols."""
