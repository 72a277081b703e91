"""Where the agent reads: finished auctions, lots, people and the house."""
