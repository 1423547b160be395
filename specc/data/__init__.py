"""Where a spec's data comes from, how it is changed on its way, and how it is split."""
