"""Trends: pure functions from a table to findings; a connection never comes in here."""
