"""The protocol: OpenID Connect and OAuth as tables of named checks.

Owns what a request must look like, which page a person still has to see, what a site receives, and the one function
that makes a subject. Never imports Flask or SQLAlchemy.

Invariant: before a redirect URI is proven to be the client's there is no object that could hold a reply address, so no
error can be sent to it.
"""
