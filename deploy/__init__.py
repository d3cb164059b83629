"""Ways to run Redress: the command line, the all-in-one process, scenarios, containers."""
