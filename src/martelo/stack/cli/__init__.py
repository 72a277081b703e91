"""The command line of `./martelo`."""
