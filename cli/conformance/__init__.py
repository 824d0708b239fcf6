"""Whether a vertical's contract works in every room of the house, tried on data made from it."""
