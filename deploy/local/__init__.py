"""The all-in-one: five services in one process over the memory bus and a private MongoDB."""
