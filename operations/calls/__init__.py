"""Calls as they happen, and the figures of now and of before."""
