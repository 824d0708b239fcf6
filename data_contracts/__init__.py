"""What the data is: contracts, and the checks derived from them."""
