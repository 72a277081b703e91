"""The worker: reads ends of auctions and carries out their effects."""
