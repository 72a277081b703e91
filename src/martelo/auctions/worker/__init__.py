"""The worker: closes and announces ends, keeps the record, forgets what the record holds."""
