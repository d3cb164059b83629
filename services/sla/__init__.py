"""sla: clocks that start, warn, run out and are met; ladders that are climbed when they do."""
