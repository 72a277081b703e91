"""The composition root: one module per process or one-off, each wiring everything once."""
