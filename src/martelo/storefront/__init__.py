"""Django: every page over the APIs, and the accounts (the identity provider)."""
