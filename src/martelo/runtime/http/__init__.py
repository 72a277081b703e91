"""HTTP in every process: request ids, metrics, the client, the server, OpenAPI documents."""
