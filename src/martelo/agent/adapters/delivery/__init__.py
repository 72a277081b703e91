"""Sending of e-mails and Discord posts."""
