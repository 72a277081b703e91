"""Implementations of the agent's ports: PostgreSQL, Valkey, HTTP, SMTP, Discord."""
