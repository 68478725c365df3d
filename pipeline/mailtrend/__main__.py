"""`python -m mailtrend` is the command `mailtrend`."""

from mailtrend.cli import main

main()
