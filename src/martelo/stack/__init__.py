"""The embedded stack: engines and processes on one machine."""
