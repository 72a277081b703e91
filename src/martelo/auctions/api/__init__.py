"""The auctions' HTTP API: parse, call, render."""
