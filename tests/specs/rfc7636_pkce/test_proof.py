"""A code belongs to whoever holds the verifier of its challenge (RFC 7636)."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from idp.oidc import pkce

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
VERIFIERS = st.text(alphabet=ALPHABET, min_size=43, max_size=128)


def challenge_of(verifier: str) -> str:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def test_the_example_of_the_specification_fits() -> None:
    """RFC 7636 Appendix B."""
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert pkce.proves(verifier, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")


@given(VERIFIERS)
def test_the_verifier_of_a_challenge_fits(verifier: str) -> None:
    assert pkce.proves(verifier, challenge_of(verifier))


@given(VERIFIERS, VERIFIERS)
def test_no_other_verifier_fits(verifier: str, other: str) -> None:
    assert pkce.proves(other, challenge_of(verifier)) is (other == verifier)


@given(VERIFIERS)
def test_the_challenge_itself_is_no_verifier(verifier: str) -> None:
    assert not pkce.proves(challenge_of(verifier), challenge_of(verifier))


@given(st.text(max_size=160).filter(lambda text: not 43 <= len(text) <= 128 or set(text) - set(ALPHABET)))
def test_what_is_no_verifier_fits_nothing(text: str) -> None:
    digest = urlsafe_b64encode(sha256(text.encode("utf-8", "surrogatepass")).digest()).rstrip(b"=").decode()
    assert not pkce.proves(text, digest)


def test_without_a_challenge_there_must_be_no_verifier() -> None:
    assert pkce.proves(None, None)
    assert not pkce.proves("v" * 43, None)
    assert not pkce.proves(None, challenge_of("v" * 43))
