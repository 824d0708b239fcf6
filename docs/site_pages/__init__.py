"""The pages and drawings of the documentation site that are made from the code."""
