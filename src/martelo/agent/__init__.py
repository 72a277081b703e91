"""The agent: a report, e-mails and a Discord post for every finished auction."""
