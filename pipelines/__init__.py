"""Dagster definitions built from the contracts."""
