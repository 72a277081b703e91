"""Parts of a lot that several rooms show: its card, category, description and pictures."""
