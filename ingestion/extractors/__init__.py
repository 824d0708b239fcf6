"""What is read from texts, images and sound, each extractor a pure function with a version."""
