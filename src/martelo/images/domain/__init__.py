"""What a picture is, and what is refused before one is decoded."""
