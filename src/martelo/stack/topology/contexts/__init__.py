"""One module a context, each with a `CONTEXT`; a new module is found by itself."""
