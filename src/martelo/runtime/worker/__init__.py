"""Worker processes: their loops, their health, and an orderly end."""
