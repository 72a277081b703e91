"""The other contexts' APIs, as the pages call them."""
