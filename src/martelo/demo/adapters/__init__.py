"""The ports made real: the house over HTTP, pictures by Pillow."""
