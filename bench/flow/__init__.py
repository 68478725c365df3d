"""Mail flow of an invented tenant, message by message, with faults whose effects are known exactly."""
