"""What HTTP needs in every process: request ids, metrics, the client and the server."""
