"""Headers that keep browsers from misusing an answer, for every answer that is not a page."""

NOSNIFF = ("X-Content-Type-Options", "nosniff")
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
SAME_ORIGIN = ("Cross-Origin-Resource-Policy", "same-origin")
"""Pages of other sites cannot embed the answer; requests with CORS are not concerned."""

PROTECTION = (NOSNIFF, ("Content-Security-Policy", DATA_POLICY), SAME_ORIGIN)
