"""The ports of auctions made real: Valkey, PostgreSQL."""
