"""Models from outside are read when a spec declares them: what `expand` calls for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specc.catalogue.plain import is_dict
from specc.diagnostics.codes import outside as codes
from specc.diagnostics.codes import structure
from specc.document.failure import Unreadable
from specc.expand.flat import Origin
from specc.expand.scope import Broken

if TYPE_CHECKING:
    from pathlib import Path

    from specc.catalogue.catalogue import Catalogue
    from specc.document.files import Folder
    from specc.document.spec import Model
    from specc.expand.bodies import Bodies
    from specc.expand.flat import FlatModel
    from specc.expand.outside import Outside, Taken


class Lifting:
    """Reads applications and the files of one folder; each is imported when it is asked for."""

    def __init__(self, folder: Folder, catalogue: Catalogue) -> None:
        self.folder = folder
        self.catalogue = catalogue

    def __call__(self, bodies: Bodies, model: FlatModel, declared: Model) -> None:
        """Fills a model; raises `Broken`, once what is wrong is reported."""
        from specc.catalogue.applications.layers import with_applications
        from specc.lift.outputs import taken
        from specc.lift.saved import Foreign, Unliftable
        from specc.lift.weave import Weaver

        key = "application" if declared.application is not None else "file"
        at = Origin((*model.frame.path, key), model.frame.chain)
        scope = bodies.scopes[id(model.frame)]
        value = bodies.filler.fill(getattr(declared, key), scope, at.path, at.chain)
        below = Origin((*model.frame.path, "outputs"), at.chain)
        written = bodies.filler.fill(declared.outputs, scope, below.path, below.chain)
        catalogue = with_applications(self.catalogue)
        model.frame.path = at.path
        try:
            if key == "application":
                label, saved, outside = self._application(value, catalogue, bodies, at)
            else:
                label, saved, outside = self._file(value, catalogue, bodies, at)
            model.frame.outside = label
            outputs = taken(written, saved, bodies.filler, below, label)
            bodies.count(at, len(saved.operations))
            weaver = Weaver(catalogue, bodies.next_order)
            weaver.weave(saved, model, outputs)
        except Unliftable as error:
            code = codes.ForeignClass if isinstance(error, Foreign) else codes.BadModelFile
            name = value if key == "file" else "the application"
            message = f"`{name}` cannot be used: {error.message}"
            raise bodies.filler.fault(code, message, at, help=error.help) from None
        except Unreadable as failure:
            bodies.filler.report.add(failure.diagnostic)
            raise Broken from None
        model.outside = outside(_taken(outputs))

    # --- applications -----------------------------------------------------------------------------

    def _application(self, value: Any, catalogue: Catalogue, bodies: Bodies, at: Origin) -> Any:
        from specc.expand.outside import Outside
        from specc.lift import applications

        name, written = _application(value, bodies, at)
        try:
            asked = applications.chosen(name, written)
        except applications.NoApplication as error:
            raise bodies.filler.fault(
                codes.UnknownApplication, error.message, at, help=error.help
            ) from None
        except applications.BadArgument as error:
            place = at.below(name, error.key) if error.key else at
            raise bodies.filler.fault(
                codes.BadApplication, error.message, place, help=error.help
            ) from None
        saved = applications.saved(asked, catalogue)
        path = None
        if asked.weights not in (None, "imagenet"):
            path = self._weights(asked.weights, bodies, at.below(name, "weights"))

        def outside(outputs: tuple[Taken, ...]) -> Outside:
            return Outside(
                name,
                True,
                asked.arguments,
                path,
                asked.fetched,
                outputs,
                saved.order,
                "" if path is None else _hash(path),
                shown={**asked.arguments, "weights": asked.weights},
            )

        return name, saved, outside

    def _weights(self, written: str, bodies: Bodies, at: Origin) -> Path:
        """The file of an application's weights, which is looked into when the model is built."""
        from specc.lift.archive import opened
        from specc.lift.saved import Unliftable

        span = bodies.filler.places.value(at.path)
        path = self.folder.resolve(written, span)
        if not written.endswith(".weights.h5"):
            raise bodies.filler.fault(
                codes.BadApplication,
                f"`{written}` is no file of weights that Keras 3 saved",
                at,
                help='write it with `model.save_weights("name.weights.h5")`',
            )
        try:
            opened(path).close()
        except Unliftable as error:
            message = f"`{written}` cannot be used: {error.message}"
            raise bodies.filler.fault(codes.BadApplication, message, at) from None
        return path

    # --- files ------------------------------------------------------------------------------------

    def _file(self, value: Any, catalogue: Catalogue, bodies: Bodies, at: Origin) -> Any:
        from specc.expand.outside import Outside
        from specc.lift import archive
        from specc.lift.config import Reader
        from specc.lift.saved import Unliftable

        if not isinstance(value, str):
            raise bodies.filler.fault(structure.WrongType, "this wants the path of a file", at)
        path = self.folder.resolve(value, bodies.filler.places.value(at.path))
        if path.suffix != ".keras":
            raise Unliftable(
                "it does not end in `.keras`", 'write it with `model.save("name.keras")`'
            )
        found = archive.read(path)
        saved = Reader(catalogue).model(found.config)

        def outside(outputs: tuple[Taken, ...]) -> Outside:
            return Outside(
                value,
                False,
                {},
                path,
                None,
                outputs,
                (),
                found.digest,
                found.held,
                shown={"file": found.digest},
            )

        return value, saved, outside


def _application(value: Any, bodies: Bodies, at: Origin) -> tuple[str, dict[str, Any]]:
    """The name and the arguments; the class is the key."""
    if isinstance(value, str):
        return value, {}
    if is_dict(value) and len(value) == 1:
        ((name, arguments),) = value.items()
        if arguments is None or is_dict(arguments):
            return str(name), dict(arguments or {})
    raise bodies.filler.fault(
        structure.WrongType,
        "this wants an application with its arguments: `{VGG19: {weights: null}}`",
        at,
    )


def _taken(outputs: dict[str, Any]) -> tuple[Taken, ...]:
    from specc.expand.outside import Taken

    return tuple(Taken(n, r.name, r.call, r.index) for n, r in outputs.items())


def _hash(path: Path) -> str:
    import hashlib

    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
