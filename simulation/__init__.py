"""Generated contact-centre data with a documented generating process."""
