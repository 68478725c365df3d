"""Questions meet Parquet: find, check and load queries/*.sql into one DuckDB catalogue."""
