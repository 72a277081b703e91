"""The worker: learns of ends, carries out their effects."""
