"""How a report is written: one file for each format."""
