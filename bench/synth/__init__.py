"""One invented tenant, contoso.com, rendered into log files: the committed sample and inputs for benchmarks."""
