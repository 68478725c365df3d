"""One ingest in a process of its own that ends at its N-th touch of the disk: python dying_ingest.py LAKE N."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from mailtrend.lake import Lake
from support.dying import dying
from support.two_ingests import second

if __name__ == "__main__":
    with dying(int(sys.argv[2]), die=lambda: os._exit(9)):
        second(Lake.create(Path(sys.argv[1])))
