"""Where it is: engine, writer, Delta tables, objects and vault."""
