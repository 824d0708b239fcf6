"""From gold to features at a point in time, labels and training sets."""
