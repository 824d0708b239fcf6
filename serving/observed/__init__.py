"""What operators see of the service: log lines, figures, traces."""
