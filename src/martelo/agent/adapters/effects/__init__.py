"""Effects and reports in PostgreSQL."""
