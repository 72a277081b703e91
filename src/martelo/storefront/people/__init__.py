"""Signing in, registering, the profile and the user's own auctions and bids."""
