"""GraphQL over the tables of a tenant's contract."""
