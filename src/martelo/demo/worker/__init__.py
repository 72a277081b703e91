"""The simulated people."""
