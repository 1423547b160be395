"""Functions of `keras.ops`, a file for a family. `OPS` is all of them, by name."""

from specc.catalogue.define import Definition, definitions
from specc.catalogue.ops import (
    activation,
    arithmetic,
    bitwise,
    casting,
    convolution,
    einsum,
    elementwise,
    encoding,
    errors,
    folding,
    image,
    indexing,
    joining,
    matrix,
    products,
    reduction,
    repeating,
    shape,
    signal,
    sorting,
)

OPS: dict[str, Definition] = {
    name: definition
    for module in (
        activation,
        arithmetic,
        bitwise,
        casting,
        convolution,
        einsum,
        elementwise,
        encoding,
        errors,
        folding,
        image,
        indexing,
        joining,
        matrix,
        products,
        reduction,
        repeating,
        shape,
        signal,
        sorting,
    )
    for name, definition in definitions(module).items()
}
