"""What programs and browsers sign in with: access tokens, refresh tokens, API keys."""
