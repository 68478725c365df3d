"""What a reply means: status codes, causes, owners and guidance, as data files."""
