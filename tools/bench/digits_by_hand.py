"""The model of specs/digits.yaml as one writes it in Keras, to measure `specc check` against."""

import keras

pixels = keras.Input((64,), name="pixels")
tensor = pixels
for units in (128, 64):
    tensor = keras.layers.Dense(units, activation="relu")(tensor)
    tensor = keras.layers.BatchNormalization()(tensor)
    tensor = keras.layers.Dropout(0.2)(tensor)
digit = keras.layers.Dense(10, activation="softmax")(tensor)
model = keras.Model(pixels, digit)
model.summary()
