"""The converter's speed against its goals, whole processes in turn: `python -m tests.bench` (docs/performance.md)."""
