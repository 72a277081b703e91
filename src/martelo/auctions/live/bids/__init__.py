"""Bids over sockets, on their way to the store."""
