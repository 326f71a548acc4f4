"""Migrations, one file a step, each tried on both databases against the models (tests/store)."""
