"""A run: a folder with everything that a training left, and what can be done with it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from math import ceil
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from specc.catalogue.catalogue import Catalogue
from specc.catalogue.plain import is_mapping
from specc.data.dataset import Dataset
from specc.data.feed import BadData, Feeds, Part
from specc.data.given import given_fields
from specc.data.load import load_again
from specc.data.missing import refuse_missing
from specc.data.stream import Stream
from specc.infer.program import Program
from specc.lower.plugged import plugged
from specc.plugin.find import Plugins
from specc.plugin.known import known
from specc.plugin.plugin import Plugin
from specc.train.adapt import adapt, adapting
from specc.train.bare import bare
from specc.train.folder import is_study
from specc.train.folds import fold_folders
from specc.train.loop.examples import examples, texts_known
from specc.train.loop.share import share
from specc.train.loop.streamed import Streamed, StreamSupply
from specc.train.loop.supply import supply
from specc.train.outputs import named_outputs
from specc.train.own_file import NotOwn, own, own_json, own_text
from specc.train.plan import Plan
from specc.train.predict.model import Model
from specc.train.quiet import load_keras
from specc.train.trainee import Trainee, assembled, build

if TYPE_CHECKING:
    import numpy as np

    from specc.train.generate.generate import Generator

    Array = np.ndarray[Any, Any]

FITTED = "fitted.weights.h5"
"""The weights of a fitted model that is not the saved one: further losses may have their own."""

PartName = Literal["test", "validation", "train"]


class NotARun(ValueError):
    """A folder that is no run, or lacks what is asked of it; the text says what."""

    status = 1


class Run:
    """A run folder. What it holds is read when it is first asked for."""

    def __init__(
        self,
        path: Path,
        plugins: Sequence[Plugin] = (),
        compiled: Callable[[Run], Program] | None = None,
    ) -> None:
        self.path = path
        self._plugins = Plugins(plugins)
        self._compiled = compiled

    def __repr__(self) -> str:
        return f"<Run {self.path}>"

    # --- what was written -------------------------------------------------------------------------

    @cached_property
    def model(self) -> Any:
        """The trained `keras.Model`, loaded in safe mode, not compiled; raises `NotARun`."""
        path = self._own("model.keras")
        self._refuse_folds()
        if not path.is_file():
            raise NotARun(f"{self.path} holds no model: its training did not come to an end")
        k = load_keras(prefer=self.lock.get("backend"))
        for name in self.lock.get("plugins", ()):
            self._register(str(name))
        try:
            return k.saving.load_model(path, compile=False, safe_mode=True)
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise NotARun(f"{path} cannot be loaded: {_first_line(error)}") from error

    def _register(self, name: str) -> None:
        """Makes a plug-in's layers known to Keras, which only loads what is."""
        plugin = self._plugins.get(name)
        if plugin is None:
            raise NotARun(
                f"{self.path} was trained with the plug-in `{name}`, which is not installed; "
                "name its file with --plugin"
            )
        for definition in plugin.layers_by_name.values():
            plugged(definition)

    @cached_property
    def program(self) -> Program:
        """The program that it was made of, compiled from its own copy of the spec.

        Raises `SpecError` or `NotARun` where that does not give what was trained.
        """
        if self._compiled is None:
            raise NotARun(f"{self.path} is not compiled here: open it by `specc.open_run`")
        return self._compiled(self)

    @cached_property
    def history(self) -> dict[str, list[float]]:
        """What each epoch logged, by name; `epoch` counts from 1."""
        if not (self.path / "history.csv").exists():
            raise NotARun(f"{self.path} holds no history")
        try:
            rows = list(csv.reader(io.StringIO(own_text(self.path / "history.csv"), newline="")))
            found: dict[str, list[float]] = {
                n: [float(row[i]) for row in rows[1:]] for i, n in enumerate(rows[0])
            }
        except NotOwn as error:
            raise NotARun(f"{self.path} is no whole run: {error}") from None
        except (ValueError, IndexError, csv.Error):
            raise NotARun(f"{self.path / 'history.csv'} is not what a run writes") from None
        if "epoch" in found:
            found["epoch"] = [int(v) for v in found["epoch"]]
        return found

    @cached_property
    def metrics(self) -> dict[str, Any]:
        """The metrics by part: `{"test": {"loss": …, "accuracy": …}, "validation": …}`."""
        return self._json("metrics.json")

    @cached_property
    def lock(self) -> dict[str, Any]:
        """What the run was made of: hashes, versions, seed."""
        return self._json("lock.json")

    @property
    def spec(self) -> Path:
        """Its own copy of the spec, which is one by itself; raises `NotARun`."""
        return self._own("resolved.yaml")

    @property
    def source(self) -> Any:
        """What finds the data again: a name, a reader with its arguments, or nothing."""
        return self._data["source"]

    @cached_property
    def plan(self) -> Plan:
        """What the model takes and learns."""
        return Plan.restore(self._data["model"])

    @cached_property
    def feeds(self) -> Feeds:
        """The transforms with what they learned."""
        return Feeds.restore(self._data)

    @cached_property
    def generator(self) -> Generator:
        """What makes text or examples with the run's model; raises `CannotGenerate`."""
        from specc.train.generate.generate import Ability, Generator

        ability = Ability.restore(self._data["generates"])
        catalogue = known(self._plugins).catalogue
        return Generator(self.model, self.plan, self.feeds, ability, catalogue)

    @cached_property
    def _data(self) -> dict[str, Any]:
        self._refuse_folds()
        return self._json("data.json")

    @cached_property
    def folds(self) -> list[Run]:
        """The runs of its folds, of a cross-validated one; each can be used by itself."""
        return [Run(p, [*self._plugins], self._compiled) for p in fold_folders(self.path)]

    def _refuse_folds(self) -> None:
        """Raises `NotARun` for a run that holds several models, each in a folder of its own."""
        if self.folds:
            raise NotARun(
                f"{self.path} is cross-validated, and each of its {len(self.folds)} folds has a "
                f"model of its own: give one of them, such as {self.folds[0].path}"
            )

    def _json(self, name: str) -> dict[str, Any]:
        try:
            return own_json(self.path / name)
        except NotOwn as error:
            raise NotARun(
                f"{self.path} holds no readable {name}, so it is no whole run: {error}"
            ) from None

    def _own(self, name: str) -> Path:
        """A file of the folder; raises `NotARun` where it is a link out of it."""
        try:
            return own(self.path / name)
        except NotOwn as error:
            raise NotARun(f"{self.path} is no whole run: {error}") from None

    # --- what can be done with it -----------------------------------------------------------------

    def predict(self, x: Any, *, batch_size: int | None = None) -> Any:
        """What the model says of raw data: fields by name, a DataFrame, or the one field's array.

        The run's transforms are applied, (examples, …) of each field -> what `model.predict` gives:
        the array of the one output, several by name. Raises `BadData`. Of files, and of more than
        memory holds, `specc.train.predict` says it.
        """
        import numpy as np

        feeds, plan = self.feeds.alone(), self.plan
        fed = {n: f for n, f in feeds.inputs.items() if n in plan.inputs}
        if fed:
            given = given_fields(fed.values(), x)
            refuse_missing(feeds, given, lambda i: f"example {i + 1}")
            arrays, _ = replace(feeds, inputs=fed).fed(given)
        else:  # the run was trained on arrays of a program
            names = list(plan.inputs)
            arrays = (
                {str(n): np.asarray(v) for n, v in x.items()}
                if is_mapping(x)
                else {names[0]: np.asarray(x)}
            )
        count = len(next(iter(arrays.values()), ()))
        size = batch_size or min(max(plan.batches(count), 32), 4096)
        return bare(Model(self.model, plan, size)(arrays, count))

    def part(
        self, name: PartName | None = None, *, datasets: Mapping[str, Dataset] | None = None
    ) -> tuple[PartName, Part | Stream]:
        """A part of the run's own data, and which it is: the test part where there is one.

        Raises `BadData` where the data is not there, or has changed.
        """
        if self.source is None:
            raise BadData("the run was trained on arrays of a program, which it does not hold")
        files = is_mapping(self.source)
        folder = self.program.folder if files else None
        loaded = load_again(self._data, datasets or known(self._plugins).datasets, folder)
        parts: dict[PartName, Part | Stream | None] = {
            "test": loaded.test,
            "validation": loaded.validation,
            "train": loaded.train,
        }
        for each, part in parts.items():
            if part is not None and name in (None, each):
                return each, part
        raise BadData(f"the run's split has no part for {name}")

    def generate(
        self,
        prompt: str | None = None,
        *,
        length: int = 400,
        temperature: float = 1.0,
        count: int = 16,
        grid: int | None = None,
        give: Mapping[str, float] | None = None,
        seed: int = 0,
    ) -> Any:
        """What the model makes by itself: a text that goes on from `prompt`, or examples.

        A text has `length` tokens behind the prompt, drawn at a `temperature`. Examples are
        `count` draws, or a plane of `grid` times `grid`, of the outputs that rest on sampled
        inputs or drawn codes alone: (count, …), several by name; `give` fixes a sampled input.
        What is learned and not drawn is one example. Raises `CannotGenerate`.
        """
        generator = self.generator
        if prompt is not None:
            written = "".join(generator.text(prompt, length, temperature, seed))
            assert generator.language is not None  # or there would be no text
            return prompt + generator.language.between + written
        return bare(generator.examples(count, seed, grid, give))

    def evaluate(
        self,
        part: PartName | None = None,
        *,
        datasets: Mapping[str, Dataset] | None = None,
        catalogue: Catalogue | None = None,
    ) -> dict[str, float]:
        """The loss and metrics of a part of the run's own data: the test part where there is one.

        A run with further losses or phases is compiled for it, since tensors that they take are not
        among the model's outputs. Raises `BadData` where the data has changed, `NotARun`.
        """
        _, chosen = self.part(part, datasets=datasets)
        return self.measure(chosen, catalogue)

    def measure(self, part: Part | Stream, catalogue: Catalogue | None = None) -> dict[str, float]:
        """The loss and metrics of examples that the run's transforms have made; see `evaluate`."""
        plan = self.plan
        catalogue = catalogue or known(self._plugins).catalogue
        if plan.inside:
            trainee = build(self.program, catalogue)
            fitted = trainee.fitted
            if trainee.whole is not None and any(adapting(self.program)):
                # What they have learned is in no file of weights.
                adapt(self.program, trainee.whole, plan, self.part("train")[1])
            fitted.load_weights(self._own(FITTED))
        else:
            trainee = assembled(self.model, list(plan.outputs), plan.learned, catalogue)
        return measured(trainee, plan, part, catalogue)


def open_run(
    path: str | PathLike[str],
    plugins: Sequence[Plugin] = (),
    compiled: Callable[[Run], Program] | None = None,
) -> Run:
    """The run in a folder; raises `NotARun`. `plugins` are known beside the installed ones.

    `compiled` gives a run's program: the passes, which stand above this package.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise NotARun(f"{folder} is no folder")
    if is_study(folder):
        raise NotARun(
            f"{folder} is a study, and no run: "
            f"`specc train {folder / 'best.yaml'}` makes a run of its best"
        )
    if not (folder / "lock.json").is_file():
        inside = sorted(
            (p for p in folder.iterdir() if p.name.isdecimal()), key=lambda p: int(p.name)
        )
        hint = f"; its last run is {inside[-1]}" if inside else ""
        raise NotARun(f"{folder} is no run: it has no lock.json{hint}")
    return Run(folder, plugins, compiled)


def measured(
    trainee: Trainee, plan: Plan, part: Part | Stream, catalogue: Catalogue
) -> dict[str, float]:
    """The loss and metrics of a part, by their logged names."""
    shapes = output_shapes(trainee, plan)
    size = plan.batches(part.count)

    def arrays(some: Part) -> tuple[Any, Any, Any]:
        y = plan.y(some.inputs, some.targets, shapes, catalogue)
        x = texts_known(plan.x(some.inputs, some.count))
        return bare(x), bare(y), plan.weights(some.weights)

    if isinstance(part, Part):
        x, y, weights = arrays(part)
        given = {"x": x, "y": y, "sample_weight": weights, "batch_size": size}
        if share().count > 1:
            whole = examples(x, y, weights, count=part.count, batch=size)
            given = {"x": supply(whole).data}
    else:
        pack: Any = load_keras().utils.pack_x_y_sample_weight
        read = Streamed(part, lambda p: pack(*arrays(p)), size, ceil(part.count / size), None)
        given = {"x": StreamSupply(read).data}
    found: dict[str, Any] = trainee.fitted.evaluate(**given, verbose=0, return_dict=True)
    return {name: float(value) for name, value in found.items()}


def output_shapes(trainee: Trainee, plan: Plan) -> dict[str, Any]:
    """The shapes of the model's outputs by name, the batch first."""
    return {n: t.shape for n, t in named_outputs(trainee.model, list(plan.outputs)).items()}


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
