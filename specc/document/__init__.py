"""From a text to a located tree, and from the tree to a `Spec`."""
