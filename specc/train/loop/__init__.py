"""The two ways through the epochs: Keras's own `fit`, or an epoch in one compiled function."""
