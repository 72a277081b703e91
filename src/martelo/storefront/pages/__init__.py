"""Pages about the house itself: what runs here, and how programs speak to it."""
