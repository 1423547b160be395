"""Vocabularies: text or ids to the places where they stand in a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from specc.catalogue.define import Result, case, layer, tensor
from specc.catalogue.kinds import (
    Choice,
    Flag,
    Float,
    Int,
    ListOf,
    NonNegative,
    Optional,
    Text,
    Union,
)
from specc.catalogue.layers.preprocessing import encoded, not_sparse
from specc.catalogue.mismatch import (
    BadArgument,
    BadCombination,
    DTypeMismatch,
    ShapeMismatch,
)
from specc.catalogue.types import Dim, TensorType

_COUNT = Int(1, 2**31 - 1)
_MODES = ("int", "one_hot", "multi_hot", "count", "tf_idf")
MaxTokens = Annotated[int | None, Optional(Int(2, 2**31 - 1))]
Mode = Annotated[str, Choice(_MODES)]
Words = Annotated[tuple[str, ...] | None, Optional(ListOf(Text(), 1))]
Ids = Annotated[tuple[int, ...] | None, Optional(ListOf(Int(-(2**63), 2**63 - 1), 1))]
IdfWeights = Annotated[tuple[float, ...] | None, Optional(ListOf(Float(), 1))]
Word = Annotated[str | None, Optional(Text())]
Id = Annotated[int | None, Optional(Int(-(2**63), 2**63 - 1))]
Method = Annotated[str, Choice(("floormod", "farmhash"))]
Salt = Annotated[
    int | tuple[int, ...] | None,
    Optional(Union((Int(0, 2**31 - 1), ListOf(Int(0, 2**31 - 1), 2, 2)))),
]
SequenceLength = Annotated[int | None, Optional(_COUNT)]
Split = Annotated[str | None, Optional(Choice(("whitespace", "character")))]

Token = str | int


def _depth(
    name: str,
    vocabulary: Sequence[Token] | None,
    *,
    max_tokens: int | None,
    num_oov_indices: int,
    mask_token: Token | None,
    oov_token: Token | None,
    idf_weights: tuple[float, ...] | None,
    invert: bool,
    output_mode: str,
    pad_to_max_tokens: bool,
) -> int | None:
    """How many ids there are, `None` before the training data is seen; checks the vocabulary."""
    if pad_to_max_tokens and max_tokens is None:
        raise BadCombination(
            f"{name} pads to `max_tokens`, which is left out", argument="pad_to_max_tokens"
        )
    if invert and output_mode != "int":
        raise BadCombination(
            f"{name} gives back tokens only with `output_mode: int`", argument="output_mode"
        )
    if invert and oov_token is None:
        raise BadCombination(
            f"{name} gives back tokens, and needs one for ids that it does not know",
            argument="oov_token",
        )
    if idf_weights is not None and output_mode != "tf_idf":
        raise BadCombination(
            f"{name} takes idf_weights only with `output_mode: tf_idf`", argument="idf_weights"
        )
    if vocabulary is None:
        return max_tokens if pad_to_max_tokens else None
    if output_mode == "tf_idf" and idf_weights is None:
        raise BadCombination(
            f"{name} needs `idf_weights` beside a vocabulary, with `output_mode: tf_idf`",
            argument="output_mode",
            help="leave out both, and they are learned from the training data",
        )
    masks = (mask_token,) if mask_token is not None and output_mode == "int" else ()
    start = len(masks) + num_oov_indices
    tokens = vocabulary
    if start <= len(vocabulary):
        special = (*masks, *(oov_token,) * num_oov_indices)
        tokens = vocabulary[start:] if tuple(vocabulary[:start]) == special else vocabulary
    _check_tokens(name, tokens, mask_token, oov_token if invert else None)
    size = start + len(tokens)
    if max_tokens is not None and size > max_tokens:
        raise BadCombination(
            f"{name} has {size} tokens, and max_tokens is {max_tokens}",
            argument="vocabulary",
            help="those for unknown and masked tokens count too",
        )
    if idf_weights is not None and len(idf_weights) != len(vocabulary):
        raise BadCombination(
            f"{name} takes a weight for each token; these are {len(idf_weights)} for"
            f" {len(vocabulary)}",
            argument="idf_weights",
        )
    return max_tokens if pad_to_max_tokens else size


def _check_tokens(
    name: str, tokens: Sequence[Token], mask_token: Token | None, oov_token: Token | None
) -> None:
    if not tokens:
        raise BadArgument(
            f"{name} has no token but those for what is unknown or masked", argument="vocabulary"
        )
    seen: set[Token] = set()
    for i, token in enumerate(tokens):
        if token in seen:
            raise BadArgument(f"`{token}` is twice in the vocabulary", argument=("vocabulary", i))
        seen.add(token)
    for what, token in (("mask", mask_token), ("unknown", oov_token)):
        if token is not None and token in seen:
            raise BadArgument(
                f"{name}'s token for what is {what}, `{token}`, stands among the others",
                argument="vocabulary",
                help="leave it out: it is added by itself",
            )


def _looked_up(name: str, inputs: TensorType, mode: str, depth: int | None, ids: str) -> Result:
    dims = encoded(name, inputs, mode, depth)
    return Result(TensorType(dims, ids if mode == "int" else "float32"), (), 0)


@layer(
    case(tensor(4, dtype="string"), vocabulary=["a", "b"]),
    case(tensor(4, dtype="string"), vocabulary=["a", "b"], output_mode="multi_hot"),
    case(tensor(1, dtype="string"), vocabulary=["a", "b"], output_mode="one_hot", mask_token="m"),  # noqa: S106 - a word
    case(tensor(4, dtype="string")),
    case(tensor(4, dtype="string"), max_tokens=9, pad_to_max_tokens=True, output_mode="count"),
    case(tensor(4, dtype="string"), vocabulary=["a"], idf_weights=[0.5], output_mode="tf_idf"),
    text=True,
)
def StringLookup(
    inputs: TensorType,
    *,
    max_tokens: MaxTokens = None,
    num_oov_indices: NonNegative = 1,
    mask_token: Word = None,
    oov_token: Word = "[UNK]",  # noqa: S107 - a word
    vocabulary: Words = None,
    idf_weights: IdfWeights = None,
    invert: Flag = False,
    output_mode: Mode = "int",
    pad_to_max_tokens: Flag = False,
    sparse: Flag = False,
) -> Result:
    """The place of each text in a list. (batch, ...) of text -> (batch, ...) of ids

    With `invert` the other way round. The list is learned from the training data if it is left out.
    """
    name = "StringLookup"
    wanted = "ids" if invert else "text"
    if (inputs.dtype == "string") == invert or inputs.dtype.startswith(("float", "bfloat")):
        raise DTypeMismatch(f"{name} takes {wanted}, not {inputs.dtype}", inputs=(0,))
    depth = _depth(
        name,
        vocabulary,
        max_tokens=max_tokens,
        num_oov_indices=num_oov_indices,
        mask_token=mask_token,
        oov_token=oov_token,
        idf_weights=idf_weights,
        invert=invert,
        output_mode=output_mode,
        pad_to_max_tokens=pad_to_max_tokens,
    )
    not_sparse(name, sparse, output_mode)
    return _looked_up(name, inputs, output_mode, depth, "string" if invert else "int64")


@layer(
    case(tensor(4, dtype="int64"), vocabulary=[3, 4, 5]),
    case(tensor(4, dtype="int64"), vocabulary=[3, 4, 5], output_mode="multi_hot"),
    case(tensor(4, dtype="int32"), vocabulary=[3, 4, 5], num_oov_indices=2, mask_token=0),
    case(tensor(1, dtype="int64"), max_tokens=9, output_mode="one_hot"),
    case(tensor(4, dtype="int64"), vocabulary=[3, 4], invert=True),
)
def IntegerLookup(
    inputs: TensorType,
    *,
    max_tokens: MaxTokens = None,
    num_oov_indices: NonNegative = 1,
    mask_token: Id = None,
    oov_token: Id = -1,
    vocabulary: Ids = None,
    idf_weights: IdfWeights = None,
    invert: Flag = False,
    output_mode: Mode = "int",
    sparse: Flag = False,
    pad_to_max_tokens: Flag = False,
    oov_method: Method = "floormod",
    salt: Salt = None,
) -> Result:
    """The place of each id in a list. (batch, ...) of ids -> (batch, ...) of ids

    With `invert` the other way round. The list is learned from the training data if it is left out.
    """
    name = "IntegerLookup"
    if salt is not None and oov_method != "farmhash":
        raise BadCombination(
            f"{name} takes a salt only with `oov_method: farmhash`", argument="salt"
        )
    depth = _depth(
        name,
        vocabulary,
        max_tokens=max_tokens,
        num_oov_indices=num_oov_indices,
        mask_token=mask_token,
        oov_token=oov_token,
        idf_weights=idf_weights,
        invert=invert,
        output_mode=output_mode,
        pad_to_max_tokens=pad_to_max_tokens,
    )
    not_sparse(name, sparse, output_mode)
    return _looked_up(name, inputs, output_mode, depth, "int64")


@layer(
    case(tensor(dtype="string"), vocabulary=["a", "b"], output_sequence_length=6),
    case(tensor(1, dtype="string"), vocabulary=["a", "b"]),
    case(tensor(dtype="string"), vocabulary=["a", "b"], output_mode="multi_hot"),
    case(tensor(dtype="string"), max_tokens=9, pad_to_max_tokens=True, output_mode="count"),
    case(tensor(4, dtype="string"), vocabulary=["a"], split=None, output_mode="multi_hot"),
    text=True,
)
def TextVectorization(
    inputs: TensorType,
    *,
    max_tokens: MaxTokens = None,
    split: Split = "whitespace",
    output_mode: Mode = "int",
    output_sequence_length: SequenceLength = None,
    pad_to_max_tokens: Flag = False,
    vocabulary: Words = None,
    idf_weights: IdfWeights = None,
    sparse: Flag = False,
) -> Result:
    """The words of each text as ids. (batch,) or (batch, 1) of text -> (batch, words)

    As many words as `output_sequence_length`, or as the longest text has. With the other output
    modes (batch, max_tokens): which words occur; `one_hot` encodes each word. The words are learned
    from the training data if `vocabulary` is left out.
    """
    name = "TextVectorization"
    if inputs.dtype != "string":
        raise DTypeMismatch(
            f"{name} takes text, not {inputs.dtype}",
            inputs=(0,),
            help="give the input `dtype: string`",
        )
    if output_mode != "int" and output_sequence_length is not None:
        raise BadCombination(
            f"{name} takes an output_sequence_length only with `output_mode: int`",
            argument="output_sequence_length",
        )
    single = inputs.rank < 2 or (inputs.rank == 2 and inputs[-1] == 1)
    if inputs.rank == 0 or not (single or (split is None and inputs.rank == 2)):
        raise ShapeMismatch(
            f"{name} takes one text for each example, (batch,) or (batch, 1); this is {inputs}",
            inputs=(0,),
            help="`split: null` takes (batch, words)",
        )
    depth = _depth(
        name,
        vocabulary,
        max_tokens=max_tokens,
        num_oov_indices=1,
        mask_token="",
        oov_token="[UNK]",  # noqa: S106 - a word
        idf_weights=idf_weights,
        invert=False,
        output_mode=output_mode,
        pad_to_max_tokens=pad_to_max_tokens,
    )
    not_sparse(name, sparse, output_mode)
    if output_mode == "int":
        return Result(TensorType((inputs[0], output_sequence_length), "int64"), (), 0)
    if split is not None and inputs.rank > 1:
        raise ShapeMismatch(
            f"{name} with `output_mode: {output_mode}` takes (batch,), since Keras announces a"
            f" wrong shape for others; this is {inputs}",
            inputs=(0,),
            help="give the input `shape: []`",
        )
    words: tuple[Dim, ...] = inputs[1:] if split is None else (None,)
    if output_mode != "one_hot" or words in ((), (1,)):
        words = ()
    return Result(TensorType((inputs[0], *words, depth), "float32"), (), 0)
