"""The rules of products and stock: pure functions over frozen dataclasses."""
