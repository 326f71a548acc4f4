"""Verifying that a person is who they say: the methods, what they have in common, and the decision that follows.

Owns cases, evidence and the binding of a human to a person. Imports the store, the gateways, the rules and the keys;
never Flask or the protocol, and no site is known here.

Invariant: a number belongs to whoever proved control of it. Until then any number of people may have matched it, and
none of them stands in the way of another.
"""
