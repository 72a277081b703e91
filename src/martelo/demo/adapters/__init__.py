"""Implementations of the demo's ports: the public APIs over HTTP, and pictures."""
