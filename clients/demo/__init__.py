"""Two relying sites as their own developers would write them: a market (Authlib) and a teahouse (python-jose).

Owns two small sites and what they keep. Never imports ``idp``, ``keys`` or the rest of ``clients``: whatever a site
needs to know it learns from the provider's metadata and from its own configuration, as any site does.
Invariant: a claim counts only after the site itself has checked the signature, the issuer, the audience and the nonce.
"""
