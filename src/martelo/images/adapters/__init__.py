"""The ports of pictures made real: Pillow and PostgreSQL."""
