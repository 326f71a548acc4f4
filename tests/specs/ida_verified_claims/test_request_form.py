"""The form of a request (OIDC4IDA §5.3, §5.4): what is malformed is ``invalid_request``, and nothing else ever is."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.oidc.errors import Code, OAuthError
from idp.oidc.verified_claims.request import parse
from tests.specs.ida_verified_claims.samples import request

DEEP: Any = None
for _level in range(40):
    DEEP = {"deeper": DEEP}


@pytest.mark.parametrize(
    "raw",
    [
        None,
        True,
        "verified_claims",
        [],
        [None],
        {},
        {"verification": {"trust_framework": None}},
        {"claims": {"::real_person": None}},
        {"verification": None, "claims": {"::real_person": None}},
        {"verification": {"trust_framework": None}, "claims": None},
        {"verification": {"trust_framework": None}, "claims": {}},  # an early draft says so outright
        {"verification": {"trust_framework": None}, "claims": []},
        request({"trust_framework": "de_aml"}),
        request({"time": 7}),
        request(__real_person=True),
        request(__real_person=[None]),
        request(__real_person={"essential": "yes"}),
        request(__real_person={"values": []}),
        request(__real_person={"values": "x"}),
        request(__real_person={"value": 1, "values": [1]}),
        request({"time": {"max_age": "7"}}),
        request({"time": {"max_age": -1}}),
        request({"time": {"max_age": True}}),
        request({"evidence": []}),
        request({"evidence": {"type": {"value": "document"}}}),
        request({"evidence": ["document"]}),
        request({"evidence": [{}]}),
        request({"evidence": [{"type": None}]}),
        request({"evidence": [{"type": {"values": ["document"]}}]}),
        request({"evidence": [{"type": {"value": "document"}, "check_details": []}]}),
        request({"evidence": [{"type": {"value": "document"}, "check_details": ["data"]}]}),
        request({"assurance_process": DEEP}),
    ],
)
def test_what_is_malformed_is_an_invalid_request(raw: Any) -> None:
    with pytest.raises(OAuthError) as refused:
        parse(raw)
    assert refused.value.code is Code.INVALID_REQUEST
    assert refused.value.description.isascii()


@pytest.mark.parametrize(
    "raw",
    [
        request(),
        [request(), request()],
        request({"evidence": None}),
        request(__real_person={"value": None}),
        request(__real_person={"value": {"any": ["thing"]}}),
        request(__real_person={"from_a_later_version": 7}),
        {"verification": {}, "claims": {"::real_person": None}},
        {
            "verification": {"trust_framework": None},
            "claims": {"<b>'\"& 名字 \n": None},
        },  # -unknown-claim-specialchars
        {"verification": {"trust_framework": None}, "claims": {"::real_person": None}, "later": 1},
    ],
)
def test_what_is_merely_unknown_is_no_error(raw: Any) -> None:
    parse(raw)


MEMBERS = ("verification", "claims", "evidence", "type", "value", "values", "max_age", "essential", "x")
SCALARS = st.none() | st.booleans() | st.integers() | st.text()
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(MEMBERS), inner))


@given(JSON)
def test_anything_at_all_is_read_or_refused(raw: Any) -> None:
    with suppress(OAuthError):
        parse(raw)
