"""OpenID Connect for Identity Assurance 1.0: ``verified_claims``, from the evidence kept at verification.

`request` reads what a site asks for, `held` writes down what we could say of a person, `evaluate` finds what of the one
answers the other, `told` says it in plain words. All of them are pure; `service` reads what they work on.
"""
