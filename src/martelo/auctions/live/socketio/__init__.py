"""`/socket.io/`: events and bids over Socket.IO."""
