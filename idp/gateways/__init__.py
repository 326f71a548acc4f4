"""The doors to the outside: the population registry and the bank, each with a simulator that speaks the same wire.

Owns the transports, the wire formats and the rule that an answer which is late, large, malformed or about another
question is no answer. Never imports Flask, the store or a rule of proofing: a gateway reports what it was told and
decides nothing.

Invariant: no failure of the other side, of whatever kind, comes out as anything but ``unavailable``.
"""
