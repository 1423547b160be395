"""LSTMs whose steps are pictures and whose products are convolutions."""

from __future__ import annotations

from specc.catalogue.cost import altogether, multiply_adds, operations
from specc.catalogue.define import Case, Definition, Result, Tensors, Weight, case, layer
from specc.catalogue.kinds import DataFormat, Flag, Padding, Positive, Rate, Sizes
from specc.catalogue.layers.convolution import Window, convolved, strides_or_dilation
from specc.catalogue.layers.layout import layout
from specc.catalogue.layers.recurrent import check_mask, check_states
from specc.catalogue.mismatch import UnknownSize
from specc.catalogue.shapes import needs_rank, needs_size, product
from specc.catalogue.types import TensorType


def conv_lstm(axes: int, *cases: Case) -> Definition:
    """`ConvLSTM1D`, `ConvLSTM2D` or `ConvLSTM3D`."""
    name = f"ConvLSTM{axes}D"
    ones = (1,) * axes

    def rule(
        sequences: TensorType,
        initial_state: Tensors | None = None,
        mask: TensorType | None = None,
        *,
        filters: Positive,
        kernel_size: Sizes,
        strides: Sizes = ones,
        padding: Padding = "valid",
        data_format: DataFormat = None,
        dilation_rate: Sizes = ones,
        use_bias: Flag = True,
        dropout: Rate = 0.0,
        recurrent_dropout: Rate = 0.0,
        return_sequences: Flag = False,
        return_state: Flag = False,
        stateful: Flag = False,
        dtype: str,
    ) -> Result:
        """A convolutional LSTM over steps. (batch, time, space..., channels) ->
        (batch, space..., filters)

        With `return_sequences` time stays; with `return_state` the last output and the carry too.
        Space and channels must be known. (Shi et al. 2015)
        """
        needs_rank(name, sequences, axes + 3, form="(batch, time, space..., channels)")
        batch, time = sequences[0], sequences[1]
        step = sequences.of(batch, *sequences[2:])
        shape = layout(name, step, axes, data_format)
        strides_or_dilation(name, strides, dilation_rate)
        for axis in range(2, axes + 3):
            needs_size(name, sequences, axis, f"length of axis {axis}")
        channels = needs_size(name, step, shape.channel_axis)
        if stateful and not isinstance(batch, int):
            raise UnknownSize(
                f"{name} keeps its state from batch to batch, for which the batch must be fixed",
                argument="stateful",
                help="pass the state by `return_state` and `initial_state`",
            )
        space = convolved(
            name, sequences, shape, Window(kernel_size, strides, padding, dilation_rate)
        )
        frame = shape.of(space, filters)
        if initial_state is not None:
            check_states(name, initial_state, (frame, frame), 1)
        if mask is not None:
            check_mask(name, mask, (batch, time), 1 + len(initial_state or ()))
        weights = (
            Weight("kernel", (*kernel_size, channels, filters * 4)),
            Weight("recurrent_kernel", (*kernel_size, filters, filters * 4)),
        )
        places = product(space)
        steps = time if isinstance(time, int) else None
        cost = multiply_adds(steps, places, sum(w.size for w in weights))
        if use_bias:
            weights += (Weight("bias", (filters * 4,)),)
            cost = altogether(cost, operations(steps, places, filters * 4))
        outputs = TensorType((batch, time, *frame[1:]) if return_sequences else frame, dtype)
        if not return_state:
            return Result(outputs, weights, cost)
        state = TensorType(frame, dtype)
        return Result((outputs, state, state), weights, cost)

    return layer(*cases, name=name, axes=axes)(rule)


ConvLSTM1D = conv_lstm(
    1,
    case((4, 10, 2), filters=3, kernel_size=3),
    case((None, 10, 2), filters=3, kernel_size=3, return_sequences=True, padding="same"),
    case((4, 10, 2), [(8, 3), (8, 3)], filters=3, kernel_size=3, return_state=True),
)
ConvLSTM2D = conv_lstm(
    2,
    case((4, 10, 9, 2), filters=3, kernel_size=3),
    case((4, 10, 9, 2), filters=3, kernel_size=[3, 2], padding="same", return_state=True),
    case((4, 10, 9, 2), filters=3, kernel_size=3, strides=2, use_bias=False),
    case((4, 2, 10, 9), filters=3, kernel_size=3, data_format="channels_first"),
)
ConvLSTM3D = conv_lstm(
    3,
    case((4, 6, 6, 6, 2), filters=3, kernel_size=3),
    case((4, 6, 6, 6, 2), filters=2, kernel_size=2, return_sequences=True, dilation_rate=2),
)
