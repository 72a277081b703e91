"""The auctions API: HTTP in; parse, call, render (shapes: docs/api/)."""
