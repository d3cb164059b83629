"""The five services. None imports another; each has its own process, image, queue and database."""
