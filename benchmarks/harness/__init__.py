"""The parts of every benchmark: servers, rounds, ratios, reports (docs/performance.md)."""
