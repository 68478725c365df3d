"""From a lake to words and charts: model, build, outputs."""
