"""The record of auctions in PostgreSQL: ledgers as archived, and states to search."""
