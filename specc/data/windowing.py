"""What `windows` asks of a data section: bindings that stay beside one another, and a split."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from specc.catalogue.mismatch import BadCombination, Mismatch
from specc.data.binding import Bound
from specc.data.dataset import FieldType
from specc.data.transforms.windows import Windows
from specc.document.node import Path
from specc.document.spec import Split


def windows_faults(
    found: Sequence[Bound], split: Split, pieces: str | None = None
) -> Iterator[tuple[Path, Mismatch]]:
    """Why windows cannot be taken as the bindings say, each with its path in the spec.

    `pieces` names the source where it is read in pieces.
    """
    first: tuple[str, Windows] | None = None
    for binding in found:
        seen = False
        type_: FieldType = binding.given
        for i, transform in enumerate(binding.transforms):
            path = (*binding.path, "transform", i)
            if not isinstance(transform, Windows):
                later = any(isinstance(t, Windows) for t in binding.transforms[i + 1 :])
                if later and not transform.stepwise(type_):
                    yield (
                        path,
                        BadCombination(
                            f"`{transform.name}` looks at the whole sequence, which `windows` cuts",
                            help=f"put `{transform.name}` behind `windows`",
                        ),
                    )
                type_ = transform.type(type_)
                continue
            if seen:
                yield path, BadCombination("windows are taken once, and these are of windows")
            elif first is not None and first[1].step != transform.step:
                yield (
                    path,
                    BadCombination(
                        f"`{first[0]}` begins a window every {first[1].step} steps and "
                        f"`{binding.name}` every {transform.step}, so that they do not belong "
                        "together",
                        help=f"`step: {first[1].step}` in both",
                    ),
                )
            seen = True
            if pieces is not None:
                yield (
                    path,
                    BadCombination(
                        f"`{pieces}` is read in pieces, and `windows` cuts whole sequences",
                        help="without `stream`, and up to 1 GiB, it is read whole",
                    ),
                )
            first = first or (binding.name, transform)
            type_ = transform.type(type_)
    if first is not None and split.stratify is not None:
        yield (
            ("data", "split", "stratify"),
            BadCombination(
                "the data is cut along its time, since windows are taken of it, and not by classes",
                help="take `stratify` away",
            ),
        )
