"""Faults of models from outside: applications of Keras and model files."""

from __future__ import annotations

from specc.diagnostics.diagnostic import Diagnostic


class BadModelFile(Diagnostic):
    """A model file that cannot be read, or does not fit together.

    A file is what Keras 3 writes with `model.save("name.keras")`: a Functional or Sequential model.
    It is read without Keras, and every layer in it is checked as one of the spec's own.

    Wrong:

        models: {teacher: {file: weights.h5}}

    Right:

        models: {teacher: {file: teacher.keras}}
    """

    code = "S601"


class ForeignClass(Diagnostic):
    """A model file holds what could run code.

    Only Keras's own layers and ops are taken, by their names; nothing that a file names is ever
    imported. Lambda layers, custom classes and functions, and layers that load programs are
    refused.

    Wrong:

        a model with `Lambda(lambda x: x * 2)`

    Right:

        a model with `Rescaling(2.0)`
    """

    code = "S602"


class UnknownApplication(Diagnostic):
    """A name that is none of `keras.applications`.

    Wrong:

        application: {VGG18: {weights: null}}

    Right:

        application: {VGG19: {weights: null}}
    """

    code = "S603"


class BadApplication(Diagnostic):
    """An argument that an application does not take, or a value that it refuses.

    `weights` must be said: `null` (drawn at random), a file below the spec, or `imagenet`. What
    would make other layers of the application than those that are known is refused.

    Wrong:

        application: {VGG19: {include_top: false}}

    Right:

        application: {VGG19: {include_top: false, weights: null}}
    """

    code = "S604"


class UnknownInner(Diagnostic):
    """An output that names no layer of the model from outside, or not one tensor of it.

    `outputs` has names of the spec's own, and beside each the name that the layer has in Keras.
    Left out, the outputs are those that the model has in Keras.

    Wrong:

        outputs: {low: block1_convolution}

    Right:

        outputs: {low: block1_conv1}
    """

    code = "S605"


class NoWeights(Diagnostic):
    """The weights of an application are not at hand when the model is built.

    To check, draw or sum up a spec needs no weights. To build the model they must be in Keras's
    cache, or `--fetch` must allow that Keras fetches them. Weights of one's own, `save_weights` of
    the same application, stand in the spec by their path in place of `imagenet`.

    Wrong:

        specc compile spec.yaml -o model.keras

    Right:

        specc compile spec.yaml -o model.keras --fetch
    """

    code = "S606"
