"""What exists: layers, ops, losses, optimizers and the rest of Keras, known without Keras."""
