"""Martelo: a marketplace with live auctions and a fixed-price shop."""
