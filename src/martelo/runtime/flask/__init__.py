"""What every Flask API shares."""
