"""What the ledgers of packs promise, and what scenarios show of it."""
