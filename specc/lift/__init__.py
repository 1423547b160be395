"""Models from outside: a Keras config or application -> the calls of a model, without Keras."""
