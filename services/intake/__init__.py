"""Takes complaints in, numbers them, and keeps what is known about each."""
