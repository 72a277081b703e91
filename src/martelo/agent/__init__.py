"""The agent: a true report, e-mails and a Discord post for every finished auction."""
