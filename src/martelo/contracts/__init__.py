"""What contexts say to each other: event payloads, channel names, problem types."""
