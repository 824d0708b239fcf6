"""Gold: one table a grain, each made of one silver table by a pure DataFrame → DataFrame."""
