"""What a field passes through before it reaches the model. One class a transform.

A transform says what it makes of a field's type, so that a check needs no data; it learns from the
training part only, gives a learned copy of itself, and writes and reads what it learned as JSON.
"""
