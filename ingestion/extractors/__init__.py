"""What is read from a kept attachment: pure functions of its content, one package a kind."""
