"""What every room stands on: settings, errors, texts and the clock. Imports no other room."""
