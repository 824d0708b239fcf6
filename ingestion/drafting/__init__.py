"""A vertical's contract drafted from sample files: sample → table → columns → document."""
