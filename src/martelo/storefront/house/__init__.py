"""Who runs the house, its rules, privacy and help, and its own colours and logo."""
