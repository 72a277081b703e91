"""What every process needs: settings, logs, metrics, health, problems, tokens, clients."""
