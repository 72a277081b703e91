"""The images' HTTP API."""
