"""`/docs` and `/problems`: the APIs and their problem types, explained."""
