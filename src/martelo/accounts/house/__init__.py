"""The house: its settings, who runs it, and its own texts."""
