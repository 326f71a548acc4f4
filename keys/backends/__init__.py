"""Places where a keyring is kept: one file each, and one line in ``keys.BACKENDS``."""
