"""The identity provider: verifies a person once, and gives every site a pseudonym and a verified claim.

Owns the wiring of all that follows; ``keys`` and ``clients`` are libraries it uses and that do not know it.
"""
