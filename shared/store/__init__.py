"""Where a service keeps what it knows: one document per complaint, with its inbox and its outbox."""
