"""Events told to tenants' own systems, signed and tried again."""
