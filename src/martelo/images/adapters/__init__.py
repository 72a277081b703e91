"""Implementations of the images' ports: Pillow and PostgreSQL."""
