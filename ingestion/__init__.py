"""From an uploaded file to gold: landing, bronze, silver, quarantine, audit, gold."""
