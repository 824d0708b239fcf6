"""REST over the tables of a tenant's contract: fed row by row, read by pages."""
