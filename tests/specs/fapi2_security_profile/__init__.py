"""FAPI 2.0 Security Profile, by the modules of its conformance plan (``fapi2-security-profile-final-…``).

What the building blocks are tested for elsewhere is not repeated here, as it is the same code for every client:

=====================================================  ==================================================
module                                                 test
=====================================================  ==================================================
dpop-negative-tests (each wrong proof, W: ``jti``,     rfc9449_dpop/test_proofs.py
  spelling of ``htu``)
dpop-jkt, code bound at PAR, mismatch at PAR           rfc9449_dpop/test_bound_tokens.py
access-token-type-header-case-sensitivity              rfc9449_dpop/test_bound_tokens.py
par-attempt-reuse-request_uri, request_uri expired,    rfc9126_par/test_pushed_requests.py
  of another client, opened twice; GET on PAR
different nonce or state outside, state only outside   rfc9126_par/test_pushed_requests.py
par-…redirect_uri missing or unregistered              rfc9126_par/test_pushed_requests.py
user-rejects-authentication                            oidc_core_authorization (cancel on every page)
TLS versions and ciphers                               the proxy's: deploy/Caddyfile
=====================================================  ==================================================
"""
