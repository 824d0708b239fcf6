"""What a model says of features that the caller holds."""
