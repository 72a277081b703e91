"""Scripts that follow an auction live: its state, the feed and bids over it."""
