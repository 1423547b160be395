"""Training: what a run is, how one is made, and how it is used afterwards."""
