"""Specs of what generates: a small autoencoder with a drawn code, and small models of text."""

from __future__ import annotations

import specc
from specc.infer.program import Program

CODED = """
specc: 1
name: coded
inputs:
  pixels: {shape: [64]}
models:
  encoder:
    inputs: {pixels: {shape: [64]}}
    graph:
      mean: {from: pixels, layers: [{Dense: {units: 3}}]}
      log_var: {from: pixels, layers: [{Dense: {units: 3}}]}
      drawn: {from: {mean: mean, log_var: log_var}, layers: [GaussianSample]}
    outputs: [mean, log_var, drawn]
  decoder:
    inputs: {code: {shape: [3]}}
    graph: {pixels: {from: code, layers: [{Dense: {units: 64, activation: sigmoid}}]}}
    outputs: [pixels]
variables:
  canvas: {shape: [8, 8]}
  five: {shape: [5]}
graph:
  encoded: {from: pixels, layers: [{use: encoder}]}
  again: {from: encoded.drawn, layers: [{use: decoder}]}
  learned: {from: canvas, layers: [{ops.expand_dims: {axis: 0}}]}
  row: {from: five, layers: [{ops.exp: {}}]}
  width: {from: pixels, layers: [{Dense: {units: 2}}]}
outputs: [again, learned, row, width]
losses:
  likeness: {BinaryCrossentropy: {}, y_true: pixels, y_pred: again}
  kl: {KLToNormal: {}, mean: encoded.mean, log_var: encoded.log_var, weight: 0.005}
data:
  source: digits
  inputs: {pixels: {field: image, transform: [flatten, {scale: 0.125}]}}
train: {batch_size: 256, epochs: 2}
"""

_TEXT = """
specc: 1
name: text
inputs:
  seen: {shape: [12], dtype: int32}
graph:
  next: {from: seen, layers: [%s, {Dense: {units: 60, activation: softmax}}]}
outputs:
  next: {loss: sparse_categorical_crossentropy}
data:
  source: pydoc_text
  inputs:
    seen:
      field: text
      transform: [{tokenize: {max_tokens: 60, split: %s}}, {windows: {length: 12, step: 400}}]
  targets:
    next:
      field: text
      transform:
        - tokenize: {max_tokens: 60, split: %s}
        - windows: {%s, step: 400}
train: {batch_size: 64, epochs: 1}
"""
_EMBEDDED = "{Embedding: {input_dim: 60, output_dim: 4}}"


def coded() -> Program:
    """Digits through a code of three numbers; the numbers of the pictures go from 0 to 2."""
    return specc.compile(text=CODED)


def recurrent(split: str = "characters") -> Program:
    """Foretells the token behind a window, by an LSTM."""
    layers = f"{_EMBEDDED}, {{LSTM: {{units: 8}}}}"
    return specc.compile(text=_TEXT % (layers, split, split, "length: 1, offset: 12"))


def attentive(*sets: str) -> Program:
    """Foretells a token at each step, by causal attention."""
    attention = "{MultiHeadAttention: {num_heads: 1, key_dim: 4}, take: {value: it}, call: {use_causal_mask: true}}"
    layers = f"{_EMBEDDED}, {attention}"
    written = _TEXT % (layers, "characters", "characters", "length: 12, offset: 1")
    return specc.compile(text=written, sets=sets)
