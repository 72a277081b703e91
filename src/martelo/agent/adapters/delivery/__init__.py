"""How the agent sends: e-mail and Discord."""
