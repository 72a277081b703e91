"""Worker processes: loops, side port, shutdown."""
