"""The four advanced examples as one writes them in Keras, each with a training step of its own.

Each module's `train(epochs, seed)` gives when each epoch ended, in seconds, and the last losses.
"""
