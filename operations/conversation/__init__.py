"""The files of a case: what was found in them, and their sound and photos in the clear."""
