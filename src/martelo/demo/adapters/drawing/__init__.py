"""Pictures of cakes and sweets, drawn by the project itself."""
