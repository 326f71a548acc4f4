"""Who is at the other end: passkeys, sessions, rate limits, and the way back to a lost account.

Owns the WebAuthn ceremonies, what a session says about the sign-in it came from, and the waits that protect an
account. Never imports Flask, SQLAlchemy or the protocol; ``webauthn`` is imported in ``passkeys`` alone, and only when
a ceremony runs, because it costs a third of a second that most workers' requests never need.

Invariant: a challenge convinces once. It is spent and committed before anything that came with it is believed.
"""
