"""What outputs are made of, from the program alone."""

from __future__ import annotations

from pathlib import Path

import specc
from specc.train.generate.origins import Code, Origin, origins

from .specs import coded


def test_a_code_that_a_nested_model_draws_stands_in_the_place_of_what_gives_it():
    """The code is the encoder's output, found by its place among the names in order."""
    found = origins(coded())
    assert found["again"] == Origin((), (Code("encoder", 0, (3,)),))
    assert Origin.restore(found["again"].state()) == found["again"]


def test_a_variable_rests_on_nothing_and_data_is_no_origin():
    """An output of a variable has neither inputs nor codes; one of data is not there."""
    found = origins(coded())
    assert found["learned"] == Origin()
    assert "width" not in found


def test_sampled_inputs_are_origins_and_so_are_codes_of_the_graph_itself():
    """A code drawn in the top graph is named by its operation, in the saved model too."""
    program = specc.compile(
        text="""
specc: 1
inputs:
  noise: {shape: [2], sample: normal}
  seen: {shape: [2]}
graph:
  drawn: {from: {mean: seen, log_var: seen}, layers: [GaussianSample]}
  both: {from: [drawn, noise], layers: [Add]}
  mixed: {from: [seen, noise], layers: [Add]}
outputs: [both, mixed]
"""
    )
    found = origins(program)
    assert set(found) == {"both"}
    assert found["both"].inputs == ("noise",)
    (code,) = found["both"].codes
    assert code.operation.endswith(".sample") and code.shape == (2,)


def test_what_the_gallery_makes_by_itself():
    """These specs and no others, but for those that write text; each by what it rests on."""
    found = {}
    for path in sorted((Path(__file__).parents[3] / "specs").glob("*.yaml")):
        sets = ["models.features.application.VGG19.weights=null"]  # those need not be at hand
        program = specc.compile(path, sets=sets if path.stem == "style_transfer" else [])
        for name, origin in origins(program).items():
            found[path.stem, name] = (*origin.inputs, *(c.operation for c in origin.codes))
    assert found == {
        ("conditional_gan", "forged"): ("wanted", "noise"),
        ("deep_dream", "picture"): (),
        ("diffusion", "drawn"): ("time", "start"),
        ("gan", "forged"): ("noise",),
        ("style_transfer", "picture"): (),
        ("style_transfer_small", "picture"): (),
        ("vae", "drawn"): ("code.gaussian_sample.sample",),
    }
