"""`/live`: events and bids over WebSocket."""
