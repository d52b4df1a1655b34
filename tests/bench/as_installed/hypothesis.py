"""Hides hypothesis from what is measured: pandera imports it where it finds it, which only developers have."""

raise ImportError("hidden from the measured processes")
