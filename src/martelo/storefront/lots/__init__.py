"""Home, lists, and a lot's page with its bids."""
