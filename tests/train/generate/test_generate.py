"""What a run generates, and that it is what the model makes."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.image import imread

from specc.train.generate.cannot import CannotGenerate
from specc.train.run import open_run
from specc.train.train import train

from ..small import program as flowers
from .specs import attentive, coded, recurrent

pytestmark = pytest.mark.keras


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    made = train(coded(), runs=tmp_path_factory.mktemp("runs"), progress="none")
    return open_run(made.path)


@pytest.fixture(scope="module")
def speaker(tmp_path_factory):
    made = train(recurrent(), runs=tmp_path_factory.mktemp("runs"), progress="none")
    return open_run(made.path)


def test_examples_follow_from_the_seed(run):
    """The same seed, the same examples; and as many as were asked for, over several batches."""
    first, again, other = (run.generate(count=300, seed=s) for s in (1, 1, 2))
    np.testing.assert_array_equal(first["again"], again["again"])
    assert first["again"].shape == (300, 64)
    assert not np.array_equal(first["again"], other["again"])


def test_codes_are_drawn_from_the_standard_normal_and_go_through_the_decoder(run):
    """What comes out is the decoder's answer to the draws themselves."""
    codes = np.random.default_rng([5, 3, 0]).normal(0, 1, (4, 3)).astype("float32")
    decoded = np.asarray(run.model.get_layer("decoder")(codes))
    np.testing.assert_allclose(run.generate(count=4, seed=5)["again"], decoded, atol=1e-6)


def test_a_learned_variable_is_one_example(run):
    """It is not drawn, so that a count does not repeat it."""
    made = run.generate(count=300)
    assert made["learned"].shape == (1, 8, 8)
    assert made["row"].shape == (1, 5)


def test_a_plane_goes_through_the_middle_of_the_code(run):
    """The example in the middle is that of the mean; the corners differ."""
    made = run.generate(grid=5)["again"]
    middle = np.asarray(run.model.get_layer("decoder")(np.zeros((1, 3), "float32")))
    np.testing.assert_allclose(made[12], middle[0], atol=1e-6)
    assert len(np.unique(made.round(5), axis=0)) == 25


def test_examples_are_written_as_pictures_or_numbers(run, tmp_path):
    """A picture of all in a grid; an npz holds the numbers themselves."""
    made = run.generator.examples(count=4)
    paths = run.generator.write(made, tmp_path / "x.png")
    assert [p.name for p in paths] == ["x-again.png", "x-learned.png", "x-row.npz"]
    assert imread(paths[0]).shape[:2] == (130, 130)
    (path,) = run.generator.write(made, tmp_path / "x.npz")
    with np.load(path) as held:
        np.testing.assert_array_equal(held["again"], made["again"])
    with pytest.raises(CannotGenerate, match=r"neither \.png nor \.npz"):
        run.generator.write(made, tmp_path / "x.gif")


def test_pictures_of_every_epoch_are_in_the_run(run):
    """One of each epoch, and they differ as the model learns."""
    kept = sorted((run.path / "samples").iterdir())
    assert [p.name for p in kept] == [
        "again-001.png",
        "again-002.png",
        "learned-001.png",
        "learned-002.png",
    ]
    assert kept[0].read_bytes() != kept[1].read_bytes()


def test_what_is_drawn_can_be_given_only_if_it_is_there(run):
    """A name that is not drawn is an error that names what is."""
    with pytest.raises(CannotGenerate, match="did you mean `encoder`"):
        run.generate(give={"encodr": 1.0})
    given = run.generate(count=3, give={"encoder": 0.0})["again"]
    np.testing.assert_allclose(given, np.repeat(given[:1], 3, axis=0), atol=1e-6)


def test_a_run_that_makes_nothing_by_itself_says_so(tmp_path):
    """A classifier has nothing to draw."""
    made = train(flowers(train__epochs=1), runs=tmp_path, progress="none")
    with pytest.raises(CannotGenerate, match=r"gives `.*` for `.*`, which data"):
        open_run(made.path).generate()


def test_a_text_follows_from_prompt_seed_and_temperature(speaker):
    """The same seed, the same text, of the length asked for; at 0 no seed matters."""
    text = speaker.generate("Python", length=30, seed=3)
    assert text.startswith("Python") and len(text) == 36
    assert text == speaker.generate("Python", length=30, seed=3)
    assert text != speaker.generate("Python", length=30, seed=4)
    surest = [speaker.generate("Python", length=9, temperature=0, seed=s) for s in (1, 2)]
    assert surest[0] == surest[1]
    assert speaker.generator.writer.keeps_state


def test_a_kept_state_foretells_what_the_whole_window_does(speaker):
    """The likeliest token after a full window is the model's own answer to it."""
    prompt = "The compound"
    language = speaker.generator.language
    ids, unknown = language.read(prompt)
    assert len(ids) == 12 and not unknown
    scores = np.asarray(speaker.model(np.array([ids])))[0]
    likeliest = language.write(int(scores[2:].argmax()) + 2)
    assert speaker.generate(prompt, length=1, temperature=0) == prompt + likeliest


def test_a_model_that_attends_reads_its_window_anew(tmp_path):
    """A short prompt is read at its last token, whatever is behind it; a long one by its end."""
    run = train(attentive(), runs=tmp_path, progress="none")
    run = open_run(run.path)
    assert not run.generator.writer.keeps_state
    ids = run.generator.language.read("If")[0]
    scores = np.asarray(run.model(np.array([ids + [0] * 10])))[0, 1]
    likeliest = run.generator.language.write(int(scores[2:].argmax()) + 2)
    assert run.generate("If", length=1, temperature=0) == "If" + likeliest
    assert len(run.generate("If" * 20, length=5)) == 45


def test_words_are_written_with_blanks_between(tmp_path):
    """A token is a word, and a length counts words."""
    run = open_run(train(recurrent("words"), runs=tmp_path, progress="none").path)
    assert len(run.generate("the value", length=7).split()) == 9


@pytest.mark.parametrize(
    ("prompt", "temperature", "why"), [("", 1.0, "prompt is empty"), ("a", -1.0, "0 or above")]
)
def test_what_cannot_be_written_says_why(speaker, prompt, temperature, why):
    """An empty beginning and a temperature below 0."""
    with pytest.raises(CannotGenerate, match=why):
        speaker.generate(prompt, temperature=temperature)


def test_a_run_of_text_draws_no_examples(speaker):
    """And one of examples writes no text."""
    with pytest.raises(CannotGenerate, match="--prompt"):
        speaker.generate()
