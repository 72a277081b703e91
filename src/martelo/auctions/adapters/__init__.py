"""Implementations of the auctions' ports: Valkey, PostgreSQL, HTTP."""
