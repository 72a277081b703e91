"""What every benchmark stands on: servers, rounds, ratios, reports (docs/performance.md)."""
