"""mailtrend: message traces and SMTP logs in, trends and who has to act out."""

__version__ = "0.1.0"
