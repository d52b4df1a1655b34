"""The ledger: every number given, every state of every request, and how it got there."""
