"""`/status`, health and metrics."""
