"""The composition root: one module per process, each wiring everything once."""
