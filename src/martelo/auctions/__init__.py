"""Live auctions: Flask API, live feed and worker on Valkey, their record in PostgreSQL."""
