"""Clients of Valkey or Redis: one server or a Cluster, blocking or asynchronous."""
