"""The JSON of the auctions' APIs: requests in, answers and problems out."""
