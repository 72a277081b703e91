"""Pictures of lots and products: checked, re-encoded, served."""
