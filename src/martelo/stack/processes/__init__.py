"""Processes of the operating system: start, group, probe, end."""
