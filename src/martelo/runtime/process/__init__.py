"""What every process needs: settings, logs, memory, decoders, traces."""
