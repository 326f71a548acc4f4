"""The identity provider: verifies a person once, and gives every site a pseudonym and a verified claim.

Owns the wiring of all that follows; ``keys`` and ``clients`` are libraries it uses and that do not know it. Never
imports the demo sites, except for the documents that they hand in.

Invariant: nothing stored, logged or sent joins a person to a pseudonym, nor two sites' pseudonyms to one another.
"""
