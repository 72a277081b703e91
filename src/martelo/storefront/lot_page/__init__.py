"""A lot's page: its view, its texts, its scripts, and the bids placed on it."""
