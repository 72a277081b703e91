"""What it costs: each benchmark prints ratios against references measured in the same run."""
