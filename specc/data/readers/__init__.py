"""Readers: files of one's own as data. A reader knows its fields' types from the files' headers."""
