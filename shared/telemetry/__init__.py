"""What a service lets one see of itself: logs without personal data, traces, metrics."""
