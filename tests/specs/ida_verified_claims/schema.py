"""The rules of the answer's schema, and what a request lets an answer hold: judged independently of the provider."""

from __future__ import annotations

import re
from typing import Any

MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
VERIFICATION = {"trust_framework", "assurance_level", "assurance_process", "time", "evidence"}
PARTS = {
    "electronic_record": ("record", {"type", "created_at", "date_of_expiry", "source"}),
    "document": ("document_details", {"type", "date_of_issuance", "date_of_expiry", "issuer"}),
    "vouch": ("attestation", {"type", "reference_number", "date_of_issuance", "date_of_expiry"}),
}
CHECK = {"check_method", "organization", "check_id", "time"}
RESERVED = {"value", "values", "essential", "max_age", "purpose"}


def check(answer: Any, metadata: dict[str, Any]) -> None:
    """Fail unless ``answer`` is a ``verified_claims`` that the metadata announces."""
    assert isinstance(answer, dict | list)
    elements = answer if isinstance(answer, list) else [answer]
    assert elements
    for element in elements:
        assert set(element) == {"verification", "claims"}
        _claims(element["claims"], metadata)
        _verification(element["verification"], metadata)


def _claims(claims: dict[str, Any], metadata: dict[str, Any]) -> None:
    assert claims
    assert set(claims) <= set(metadata["claims_in_verified_claims_supported"])
    assert all(value is not None and value != "" for value in claims.values())


def _verification(verification: dict[str, Any], metadata: dict[str, Any]) -> None:
    assert set(verification) <= VERIFICATION
    assert verification["trust_framework"] in metadata["trust_frameworks_supported"]
    if "time" in verification:
        assert MOMENT.fullmatch(verification["time"])
    if "assurance_level" in verification:
        assert isinstance(verification["assurance_level"], str)
    if "assurance_process" in verification:
        process = verification["assurance_process"]
        assert process
        assert set(process) <= {"policy", "procedure", "assurance_details"}
        assert process.get("assurance_details", [{}])
    if "evidence" in verification:
        assert verification["evidence"]
        for evidence in verification["evidence"]:
            _evidence(evidence, metadata)


def _evidence(evidence: dict[str, Any], metadata: dict[str, Any]) -> None:
    assert evidence["type"] in metadata["evidence_supported"]
    part, members = PARTS[evidence["type"]]
    assert set(evidence) <= {"type", "check_details", part}
    if part in evidence:
        assert set(evidence[part]) <= members
        assert evidence[part]["type"]
        announced = {"document": "documents_supported", "electronic_record": "electronic_records_supported"}
        if evidence["type"] in announced:
            assert evidence[part]["type"] in metadata[announced[evidence["type"]]]
        assert all(DAY.fullmatch(value) for name, value in evidence[part].items() if name.startswith("date_"))
    for each in evidence.get("check_details", [{"check_method": None}]):
        assert set(each) <= CHECK
        assert "check_method" in each
        if each["check_method"] is not None:
            assert each["check_method"] in metadata["documents_check_methods_supported"]
        assert MOMENT.fullmatch(each.get("time", "2026-01-01T00:00:00Z"))


def unasked(answer: Any, request: Any) -> list[str]:
    """Return the paths of an answer that nothing in the request asks for."""
    answers = answer if isinstance(answer, list) else [answer]
    requests = request if isinstance(request, list) else [request]
    return [path for each in answers for path in min((_beyond(each, wish) for wish in requests), key=len)]


def _beyond(answer: dict[str, Any], wish: dict[str, Any]) -> list[str]:
    verification = {"trust_framework": None} | wish["verification"]
    claims = [name for name in answer["claims"] if name not in wish["claims"]]
    return claims + _more(answer["verification"], verification, "verification")


def _more(held: Any, wish: Any, path: str) -> list[str]:
    if path.endswith("/assurance_details") or wish is None:
        return []
    if isinstance(held, list):
        entries = wish if isinstance(wish, list) else [wish]
        return [one for item in held for one in min((_more(item, entry, path) for entry in entries), key=len)]
    if isinstance(held, dict) and isinstance(wish, dict) and set(wish) - RESERVED:
        strange = [f"{path}/{name}" for name in held if name not in wish]
        return strange + [
            one for name in held if name in wish for one in _more(held[name], wish[name], f"{path}/{name}")
        ]
    return []


def leaves(answer: Any) -> int:
    """Count the values in an answer."""
    if isinstance(answer, dict):
        return sum(map(leaves, answer.values()))
    if isinstance(answer, list):
        return sum(map(leaves, answer))
    return 0 if answer is None else 1
