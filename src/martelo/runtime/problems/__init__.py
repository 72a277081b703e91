"""Problem details (RFC 9457): tables of problems, the shared refusals, and rendering."""
