"""The processes and one-offs of the catalog: each module builds one."""
