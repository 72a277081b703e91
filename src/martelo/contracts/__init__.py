"""What contexts share: event payloads and channel names."""
