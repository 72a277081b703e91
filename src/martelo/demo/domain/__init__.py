"""What the demo shows and how its people bid: data and pure functions."""
