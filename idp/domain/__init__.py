"""The pure rules: what a valid number, name, code name, deposit, piece of evidence or assurance level is.

Owns the vocabulary that every other part of the provider speaks. Imports the standard library and nothing else; does
no input or output, reads no clock and draws no random numbers: the day and the source of randomness are parameters.

Invariant: the same arguments give the same answer for ever, so that any decision can be replayed years later.
"""
