"""The live feed's HTTP server."""
