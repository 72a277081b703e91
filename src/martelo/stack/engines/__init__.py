"""The real servers, used as binaries: Valkey, PostgreSQL, nginx."""
