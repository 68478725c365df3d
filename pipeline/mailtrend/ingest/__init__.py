"""A file becomes events and rejects: open, sniff, cut into rows, parse, normalize, count."""
