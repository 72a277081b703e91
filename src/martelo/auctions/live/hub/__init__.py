"""Watched auctions: one subscription each, events in order to every viewer."""
