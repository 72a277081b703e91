"""The agent's ports made real: PostgreSQL, Valkey, HTTP, SMTP, Discord."""
