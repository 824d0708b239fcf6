"""Who may come in, and how much of the service each tenant may take."""
