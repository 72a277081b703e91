"""The accounts' HTTP API."""
