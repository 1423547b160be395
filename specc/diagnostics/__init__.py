"""What can be wrong with a spec, and how it is shown."""
