"""The auctions API: HTTP in; parse, call, render (docs/api/ tells the shapes)."""
