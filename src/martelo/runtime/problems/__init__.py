"""Problem details (RFC 9457): the refusals that every API shares, and how problems are rendered."""
