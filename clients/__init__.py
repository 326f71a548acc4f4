"""The relying sites' library: what a registered site is, and how it proves itself.

Owns client metadata and its rules, redirect-URI matching, sectors, clients' public keys and client authentication.
Never imports ``idp`` or ``keys``, nor Flask or SQLAlchemy (``clients.demo``, two complete sites, stands apart).
Invariant: whatever a site sends is measured against what was registered for it, never against what it brings along.
"""
