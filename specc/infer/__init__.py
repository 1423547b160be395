"""Graph -> Program: every argument checked, every tensor's shape and dtype known."""
