"""The images' process and one-offs: each module builds one and passes its dependencies on."""
