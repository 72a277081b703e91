"""The e-mails of accounts: the outbox and its sender."""
