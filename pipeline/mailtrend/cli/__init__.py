"""The front door: parses, calls, prints; owns stdout, stderr and exit codes."""
