"""What the agent reads: ended auctions, lots, people and the house's settings."""
