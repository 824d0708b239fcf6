"""What was answered for and waits for the lake."""
