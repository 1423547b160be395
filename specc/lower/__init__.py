"""Program -> a Keras model, a picture, JSON."""
