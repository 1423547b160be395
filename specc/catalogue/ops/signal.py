"""Fourier transforms and frames of signals; a complex tensor is two, real and imaginary."""

from __future__ import annotations

from typing import Annotated

from specc.catalogue.cost import multiply_adds
from specc.catalogue.define import Definition, Result, Tensors, case, op
from specc.catalogue.kinds import Choice, Flag, Int, Optional
from specc.catalogue.mismatch import (
    BadCombination,
    DTypeMismatch,
    InputCount,
    ShapeMismatch,
    UnknownSize,
)
from specc.catalogue.ops import promotion as to
from specc.catalogue.ops.promotion import FLOATS, REAL, needs, promoted
from specc.catalogue.shapes import needs_rank, needs_size
from specc.catalogue.types import Dim, TensorType

Length = Annotated[int, Int(1, 2**31 - 1)]
MaybeLength = Annotated[int | None, Optional(Int(1, 2**31 - 1))]
Window = Annotated[str | None, Optional(Choice(("hann", "hamming")))]


def _complex(name: str, x: Tensors, rank: int) -> TensorType:
    """One of the two parts, which are alike."""
    if len(x) != 2:
        raise InputCount(f"ops.{name} takes a list of two tensors, real and imaginary")
    real, imaginary = x
    if real.dims != imaginary.dims:
        raise ShapeMismatch(f"ops.{name}: {real} and {imaginary} are one shape", inputs=(0, 1))
    if real.dtype != imaginary.dtype:
        raise DTypeMismatch(f"ops.{name}: both parts are of one dtype", inputs=(0, 1))
    _signal(name, real, rank)
    return real


def _signal(name: str, x: TensorType, rank: int) -> None:
    needs(name, x.dtype, FLOATS)
    if x.dtype not in ("float32", "float64"):
        raise DTypeMismatch(f"ops.{name} takes float32 or float64", inputs=(0,))
    needs_rank(f"ops.{name}", x, rank, -1)


def _transform(name: str, rank: int, what: str) -> Definition:
    def rule(x: Tensors) -> Result:
        part = _complex(name, x, rank)
        if not all(isinstance(d, int) for d in part.dims[-rank:]):
            raise UnknownSize(f"ops.{name} needs to know the lengths of {part}", inputs=(0,))
        return Result((part, part))

    rule.__doc__ = f"{what}. (..., n), (..., n) -> (..., n), (..., n)"
    return op(case([(8, 8), (8, 8)]), name=name)(rule)


TRANSFORMS = (
    _transform("fft", 1, "The Fourier transform"),
    _transform("fft2", 2, "The Fourier transform over two axes"),
    _transform("ifft2", 2, "The inverse Fourier transform over two axes"),
)


@op(case((4, 9)), case((4, 9), fft_length=8), case(None))
def rfft(x: TensorType, *, fft_length: MaybeLength = None) -> Result:
    """The Fourier transform of real numbers. (..., n) -> (..., n // 2 + 1) twice"""
    _signal("rfft", x, 1)
    last = x.dims[-1] if fft_length is None else fft_length
    part = x.of(*x.dims[:-1], last // 2 + 1 if isinstance(last, int) else None)
    return Result((part, part))


@op(case([(4, 9), (4, 9)]), case([(4, 9), (4, 9)], fft_length=8), case([None, None]))
def irfft(x: Tensors, *, fft_length: MaybeLength = None) -> Result:
    """The inverse of rfft. (..., n) twice -> (..., 2 * (n - 1))"""
    part = _complex("irfft", x, 1)
    last = part.dims[-1]
    length: Dim = fft_length
    if fft_length is None:
        length = 2 * (last - 1) if isinstance(last, int) else None
    if length is not None and length == 0:
        raise ShapeMismatch("ops.irfft of one number gives none", inputs=(0,))
    return Result(part.of(*part.dims[:-1], length))


@op(
    case(100, sequence_length=16, sequence_stride=8),
    case(None, sequence_length=16, sequence_stride=8),
)
def extract_sequences(x: TensorType, *, sequence_length: Length, sequence_stride: Length) -> Result:
    """Frames of a signal, one each stride. (batch, n) -> (batch, frames, length)"""
    needs("extract_sequences", x.dtype, REAL)
    needs_rank("ops.extract_sequences", x, 1, -1)
    frames = _frames("extract_sequences", x.dims[-1], sequence_length, sequence_stride)
    return Result(TensorType((*x.dims[:-1], frames, sequence_length), to.same(x.dtype)), (), 0)


def _frames(name: str, length: Dim, window: int, stride: int) -> Dim:
    if not isinstance(length, int):
        return None
    if length < window:
        raise ShapeMismatch(f"ops.{name}: {length} are fewer than a frame of {window}", inputs=(0,))
    return 1 + (length - window) // stride


@op(
    case(100, sequence_length=16, sequence_stride=8, fft_length=16),
    case(100, sequence_length=10, sequence_stride=8, fft_length=16, center=False, window="hamming"),
    case(None, sequence_length=16, sequence_stride=8, fft_length=16, window=None),
)
def stft(
    x: TensorType,
    *,
    sequence_length: Length,
    sequence_stride: Length,
    fft_length: Length,
    window: Window = "hann",
    center: Flag = True,
) -> Result:
    """Fourier transforms of frames. (batch, n) -> (batch, frames, fft_length // 2 + 1) twice"""
    _signal("stft", x, 1)
    if fft_length < sequence_length:
        raise BadCombination("fft_length is at least sequence_length", argument="fft_length")
    length = x.dims[-1]
    padded = fft_length // 2 * 2 if center else 0
    if center and isinstance(length, int) and length <= fft_length // 2:
        raise ShapeMismatch(
            f"ops.stft mirrors {fft_length // 2} numbers at both ends, and {length} are too few",
            inputs=(0,),
        )
    total = length + padded if isinstance(length, int) else None
    frames = _frames("stft", total, fft_length, sequence_stride)
    part = x.of(*x.dims[:-1], frames, fft_length // 2 + 1)
    return Result((part, part))


@op(
    case([(12, 9), (12, 9)], sequence_length=16, sequence_stride=8, fft_length=16),
    case([(12, 9), (12, 9)], sequence_length=16, sequence_stride=8, fft_length=16, length=90),
    case([(None, 9), (None, 9)], sequence_length=16, sequence_stride=8, fft_length=16),
)
def istft(
    x: Tensors,
    *,
    sequence_length: Length,
    sequence_stride: Length,
    fft_length: Length,
    length: MaybeLength = None,
    window: Window = "hann",
    center: Flag = True,
) -> Result:
    """The inverse of stft. (batch, frames, fft_length // 2 + 1) twice -> (batch, n)"""
    part = _complex("istft", x, 2)
    if fft_length < sequence_length:
        raise BadCombination("fft_length is at least sequence_length", argument="fft_length")
    if part.dims[-1] not in (None, fft_length // 2 + 1):
        raise ShapeMismatch(f"ops.istft takes {fft_length // 2 + 1} in the last axis", inputs=(0,))
    frames = part.dims[-2]
    size: Dim = length
    if length is None and isinstance(frames, int):
        size = (frames - 1) * sequence_stride + fft_length
        size -= fft_length // 2 * 2 if center else 0
        if size <= 0:
            raise ShapeMismatch("ops.istft: these frames give nothing", inputs=(0,))
    return Result(part.of(*part.dims[:-2], size))


@op(
    case(TensorType((9,)), TensorType((4,))),
    case(TensorType((9,)), TensorType((4,)), mode="same"),
    case(TensorType((4,)), TensorType((9,)), mode="full"),
    case(TensorType((9,), "int32"), TensorType((4,), "int64")),
)
def correlate(
    x1: TensorType,
    x2: TensorType,
    *,
    mode: Annotated[str, Choice(("valid", "same", "full"))] = "valid",
) -> Result:
    """How alike two rows are, at each place of the second. (n,), (m,) -> (n - m + 1,)"""
    lengths: list[int] = []
    for i, x in enumerate((x1, x2)):
        needs_rank("ops.correlate", x, 1, form="(n,)", input=i)
        needs("correlate", x.dtype, REAL, i)
        lengths.append(needs_size("ops.correlate", x, 0, "length", input=i))
    n, m = lengths
    if mode == "valid" and m > n:
        raise ShapeMismatch(
            f"ops.correlate has no place where {m} numbers lie within {n}",
            help="give the longer row first, or write `mode: full`",
            inputs=(0, 1),
        )
    length = {"valid": n - m + 1, "same": max(n, m), "full": n + m - 1}[mode]
    dtype = to.floating_by_width(promoted("correlate", x1, x2))
    return Result(TensorType((length,), dtype), (), multiply_adds(length, m))
