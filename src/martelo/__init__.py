"""Martelo: a marketplace with live auctions."""
