"""Implementations of the ports: PostgreSQL, and the other contexts over HTTP."""
