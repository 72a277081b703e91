"""The metrics registry of a process."""

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector


def open_registry() -> CollectorRegistry:
    """Return a registry with what every process reports of itself: memory, files, Python."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    return registry
