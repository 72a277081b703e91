"""The demo: fills an empty house with lots, and has simulated people bid on them."""
