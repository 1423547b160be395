"""What every test takes for granted: a quiet Keras on TensorFlow, no colour, no deadline."""

from __future__ import annotations

import atexit
import os
import signal
import tempfile

from hypothesis import HealthCheck, settings

# Read when Keras, TensorFlow or matplotlib is imported, in this process or a child.
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["MPLBACKEND"] = "Agg"

# An empty home for Keras: no settings of the developer's own, no data set fetched before.
_keras_home = tempfile.TemporaryDirectory(prefix="specc-keras-home-")
os.environ["KERAS_HOME"] = _keras_home.name
atexit.register(_keras_home.cleanup)

# A shell's background job ignores Ctrl-C, and so would the programs that the tests interrupt.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Output is compared as text, whatever the terminal around the tests is.
os.environ["COLUMNS"] = "100"
for name in ("FORCE_COLOR", "CLICOLOR_FORCE", "PY_COLORS"):
    os.environ.pop(name, None)

# Two shared cores make any deadline a coin toss. CI draws the same examples every time, so that a
# red run is about the change; at a desk they are new ones, which is how the next fault is found.
settings.register_profile("desk", deadline=None)
settings.register_profile(
    "ci", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ci" if os.environ.get("CI") else "desk")
