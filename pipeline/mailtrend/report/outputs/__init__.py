"""One file per output format of the report; none of them sees SQL."""
