"""Pictures of lots: checked, re-encoded, served."""
