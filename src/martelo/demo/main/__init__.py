"""The demo's process and one-off: each module builds one and passes its dependencies on."""
