"""The worker: closes auctions, announces ends, archives and purges."""
