"""Spectrograms: which frequencies sound when."""

from __future__ import annotations

from math import ceil, log2
from typing import Annotated

from specc.catalogue.cost import altogether, multiply_adds, operations
from specc.catalogue.define import Result, Weight, case, layer
from specc.catalogue.kinds import Choice, DataFormat, Flag, Int, Optional, Padding, Positive
from specc.catalogue.layers.layout import layout
from specc.catalogue.mismatch import BadCombination, DTypeMismatch, ShapeMismatch
from specc.catalogue.shapes import needs_rank, needs_size, window_length
from specc.catalogue.types import Dim, TensorType

Mode = Annotated[str, Choice(("log", "magnitude", "psd", "real", "imag", "angle", "stft"))]
Length = Annotated[int | None, Optional(Int(1, 2**31 - 1))]


@layer(
    case((2000, 2)),
    case((2000, 2), padding="same", expand_dims=True, mode="stft"),
    case((300, 1), frame_length=100, frame_step=50, fft_length=128, mode="real"),
    case((2, 600), data_format="channels_first", mode="imag"),
    case((None, 1), mode="angle", expand_dims=True),
)
def STFTSpectrogram(
    inputs: TensorType,
    *,
    mode: Mode = "log",
    frame_length: Positive = 256,
    frame_step: Length = None,
    fft_length: Length = None,
    padding: Padding = "valid",
    expand_dims: Flag = False,
    data_format: DataFormat = None,
    dtype: str,
) -> Result:
    """Frequencies over time. (batch, time, channels) -> (batch, frames, frequencies * channels)

    The short-time Fourier transform. With `expand_dims` (batch, frames, frequencies, channels). A
    frame steps by half its length where `frame_step` is left out. The number of channels must be
    known.
    """
    name = "STFTSpectrogram"
    step = frame_length // 2 if frame_step is None else frame_step
    if step > frame_length or step < 1:
        raise BadCombination(
            f"{name} takes a frame_step from 1 to the frame_length, {frame_length}",
            argument="frame_step" if frame_step is not None else "frame_length",
        )
    transform = fft_length or 2 ** ceil(log2(frame_length))
    if transform < frame_length:
        raise BadCombination(
            f"{name} takes a fft_length of at least the frame_length, {frame_length}",
            argument="fft_length",
            help="leave it out, and the next power of two is taken",
        )
    if not inputs.dtype.startswith("float"):
        raise DTypeMismatch(f"{name} takes floats, not {inputs.dtype}", inputs=(0,))
    shape = layout(name, inputs, 1, data_format)
    channels = needs_size(name, inputs, shape.channel_axis, "number of channels")
    try:
        frames = window_length(shape.space[0], frame_length, step, padding)
    except ShapeMismatch as error:
        raise ShapeMismatch(
            f"{name}: {error.message}; its input is {inputs}",
            help="`padding: same`, or a smaller frame_length",
            inputs=(0,),
        ) from None
    bins = transform // 2 + 1
    kernel = (frame_length, 1, bins)
    weights = tuple(
        Weight(f"{part}_kernel", kernel)
        for part, other in (("real", "imag"), ("imag", "real"))
        if mode != other
    )
    frequencies = bins * 2 if mode == "stft" else bins
    batch = shape.batch
    if not expand_dims:
        dims = shape.of((frames,), frequencies * channels)
    elif shape.first:
        dims = (batch, channels, frames, frequencies)
    else:
        dims = (batch, frames, frequencies, channels)
    known_frames = frames if isinstance(frames, int) else None
    cost = multiply_adds(sum(w.size for w in weights), channels, known_frames)
    return Result(TensorType(dims, dtype), weights, cost)


@layer(
    case(16000),
    case(4000, fft_length=512, sequence_stride=100, num_mel_bins=40),
    case(None, sequence_length=1024),
)
def MelSpectrogram(
    inputs: TensorType,
    *,
    fft_length: Positive = 2048,
    sequence_stride: Positive = 512,
    sequence_length: Length = None,
    num_mel_bins: Positive = 128,
    dtype: str,
) -> Result:
    """Loudness on the mel scale. (batch, samples) -> (batch, num_mel_bins, frames)

    `sequence_length` is at most `fft_length`. There are more samples than half of `fft_length`.
    """
    name = "MelSpectrogram"
    if sequence_length is not None and sequence_length > fft_length:
        raise BadCombination(
            f"{name} takes a sequence_length of at most the fft_length, {fft_length}",
            argument="sequence_length",
        )
    needs_rank(name, inputs, 2 if inputs.batched else 1, 2, form="(batch, samples)")
    samples = inputs[-1]
    frames: Dim = None
    if isinstance(samples, int):
        if samples <= fft_length // 2:
            raise ShapeMismatch(
                f"{name} needs more samples than half of its fft_length, {fft_length}; its input is"
                f" {inputs}",
                argument="fft_length",
                inputs=(0,),
            )
        frames = (samples - fft_length % 2) // sequence_stride + 1
        announced = (samples + sequence_stride + 1) // sequence_stride
        if frames != announced:
            raise ShapeMismatch(
                f"{name} gives {frames} frames of {inputs}, and Keras announces {announced}",
                argument="sequence_stride",
                inputs=(0,),
                help=f"a padding or cropping by 1 before, or a stride that does not divide"
                f" {samples + 1}",
            )
    known_frames = frames if isinstance(frames, int) else None
    bins = fft_length // 2 + 1
    transform = operations(5 * fft_length, ceil(log2(fft_length)) or 1, known_frames)
    cost = altogether(transform, multiply_adds(bins, num_mel_bins, known_frames))
    outputs = TensorType((*inputs[:-1], num_mel_bins, frames), dtype)
    return Result(outputs, (), cost)
