"""The Flask service over models and operations."""
