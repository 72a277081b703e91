"""Who calls: access tokens, API keys and service keys."""
