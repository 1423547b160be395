"""What a run generates: text, examples of its sampled inputs, or what it has learned.

What it does follows from the run alone. The library's face is `Run.generate`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from specc.catalogue.catalogue import Catalogue
from specc.data.feed import Feeds, Part
from specc.data.load import Loaded
from specc.infer.program import Program
from specc.lower.writing import whole
from specc.train.generate.cannot import CannotGenerate
from specc.train.generate.origins import Origin, origins
from specc.train.generate.pictures import LOOKED_AT, Picture, pictures, write_grid
from specc.train.generate.sampling import Sampler
from specc.train.generate.text import Language, Writer, language
from specc.train.plan import Plan

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Ability:
    """What a run can make by itself: known when it is trained, and kept in its `data.json`."""

    origins: Mapping[str, Origin]
    pictures: Mapping[str, Picture]

    @classmethod
    def of(cls, program: Program, loaded: Loaded) -> Ability:
        """What a program's model will be able to make."""
        found = origins(program)
        part = loaded.train
        part = part if isinstance(part, Part) else part.some(LOOKED_AT)
        seen = pictures(program, found, loaded.feeds.inputs, part)
        return cls(found, seen)

    def state(self) -> dict[str, Any]:
        """The ability as JSON has it."""
        return {
            "origins": {n: o.state() for n, o in self.origins.items()},
            "pictures": {n: p.state() for n, p in self.pictures.items()},
        }

    @classmethod
    def restore(cls, state: Mapping[str, Any]) -> Ability:
        """The ability that `state` was taken of."""
        return cls(
            {n: Origin.restore(o) for n, o in state["origins"].items()},
            {n: Picture.restore(p) for n, p in state["pictures"].items()},
        )


class Generator:
    """Makes what a trained model makes by itself; raises `CannotGenerate` where that is nothing."""

    def __init__(
        self, model: Any, plan: Plan, feeds: Feeds, ability: Ability, catalogue: Catalogue
    ) -> None:
        self._model = model
        self._plan = plan
        self.pictures = ability.pictures
        self.language: Language | None = language(plan, feeds, catalogue)
        self._origins = ability.origins
        if self.language is None and not self._origins:
            raise CannotGenerate(_nothing(plan))

    @cached_property
    def writer(self) -> Writer:
        """What writes text; raises `CannotGenerate` where the run has learned none."""
        if self.language is None:
            raise CannotGenerate("this run has learned no text to go on from a prompt")
        return Writer(self._model, self.language)

    @cached_property
    def sampler(self) -> Sampler:
        """What draws examples; raises `CannotGenerate` where nothing is drawn."""
        if not self._origins:
            raise CannotGenerate("this run writes text, and draws no examples: give `--prompt`")
        return Sampler(self._model, self._plan, self._origins)

    def text(
        self, prompt: str, length: int, temperature: float = 1.0, seed: int = 0
    ) -> Iterator[str]:
        """`length` tokens after the prompt, one by one."""
        return self.writer.write(prompt, length, temperature, seed)

    def examples(
        self,
        count: int = 16,
        seed: int = 0,
        grid: int | None = None,
        fixed: Mapping[str, float] | None = None,
    ) -> dict[str, Array]:
        """Examples of each output, (count, …) by name; of a `grid`, (grid * grid, …).

        What has been learned and is not drawn is one example.
        """
        if self.sampler.learned:
            return self.sampler.draw(1, seed)
        if grid is not None:
            return self.sampler.plane(grid, seed)
        return self.sampler.draw(count, seed, fixed)

    def write(
        self, made: Mapping[str, Array], out: Path, columns: int | None = None
    ) -> Sequence[Path]:
        """Writes examples: `out` itself for one output, `<stem>-<output>` for several.

        Pictures become one PNG; other numbers, or whatever ends in `.npz`, arrays of an `.npz`.
        Raises `OSError`.
        """
        import numpy as np

        if out.suffix == ".npz":
            with whole(out) as temporary:
                np.savez(temporary, **made)  # pyright: ignore[reportArgumentType]  # arrays by name
            return [out]
        if out.suffix not in (".png", ""):
            raise CannotGenerate(f"{out} is neither .png nor .npz")
        written: list[Path] = []
        for name, values in made.items():
            stem = out.with_suffix("") if len(made) == 1 else out.with_name(f"{out.stem}-{name}")
            picture = self.pictures.get(name)
            if picture is not None:
                path = stem.with_suffix(".png")
                write_grid(path, values, picture, columns)
            else:
                path = stem.with_suffix(".npz")
                with whole(path) as temporary:
                    np.savez(temporary, **{name: values})  # pyright: ignore[reportArgumentType]
            written.append(path)
        return written


def _nothing(plan: Plan) -> str:
    """Why a run makes nothing by itself, and what it gives instead."""
    given, read = (
        ", ".join(f"`{n}`" for n in names)
        for names in (plan.outputs, (n for n in plan.fed if n in plan.inputs))
    )
    return (
        f"this run generates nothing by itself: it gives {given} for {read}, which data have to "
        "bring (`specc predict`). It has no output that rests on sampled inputs, drawn codes or "
        "variables alone, and foretells no text"
    )
