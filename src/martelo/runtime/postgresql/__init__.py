"""PostgreSQL: connections, migrations, locks and leased work."""
