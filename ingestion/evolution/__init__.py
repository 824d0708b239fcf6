"""Contracts that change: columns nobody knew, a tenant's own columns, older uploads read anew."""
