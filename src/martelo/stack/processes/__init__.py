"""Operating system processes: started, grouped, ended."""
