"""What discovery says of ``verified_claims`` (OIDC4IDA): exactly what the methods of this deployment can produce."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idp.domain.evidence import VOCABULARY
from idp.oidc.verified_claims import vocabulary
from idp.oidc.verified_claims.held import CLAIMS, KINDS

if TYPE_CHECKING:
    from collections.abc import Collection

    from idp.domain.evidence import EvidenceKind

PREDEFINED = {f"age_{years}_or_over": {"claim": "birthdate", "fn": ["years_ago", ["gte", years]]} for years in (18, 14)}
"""The definitions of our predefined transformed claims (Advanced Syntax for Claims). ``::real_person`` transforms
nothing: its page of the trust framework says what it means."""


def members(issuer: str, kinds: Collection[EvidenceKind], released: tuple[str, ...] = ()) -> dict[str, object]:
    """Return the members. ``kinds``: evidence that can come about here; ``released``: plain claims that may go out.

    Check methods have one member, named after documents; ours are in it whatever they check.
    """
    kinds = [kind for kind in KINDS if kind in kinds]
    words = [VOCABULARY[kind] for kind in kinds]
    types = {kind: tuple(dict.fromkeys(each.record_type for each in words if each.type == kind)) for kind in
             dict.fromkeys(each.type for each in words)}  # fmt: skip
    listed = {"document": "documents_supported", "electronic_record": "electronic_records_supported"}
    return {
        "trust_frameworks_supported": (f"{issuer}/{vocabulary.REAL_NAME}",),
        "evidence_supported": tuple(types),
        **{member: types[kind] for kind, member in listed.items() if kind in types},
        "documents_check_methods_supported": vocabulary.check_methods(issuer, kinds),
        "claims_in_verified_claims_supported": (*CLAIMS, *released),
        "transformed_claims_functions_supported": ("years_ago", "gte"),
        "transformed_claims_max_count": 0,
        "transformed_claims_predefined": PREDEFINED,
    }
