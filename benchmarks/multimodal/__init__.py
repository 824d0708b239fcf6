"""What is read from text, images and sound, measured on truth that no extractor reads."""
