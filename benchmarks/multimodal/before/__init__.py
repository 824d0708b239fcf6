"""The masker of version 1 and its names, kept to be measured against."""
