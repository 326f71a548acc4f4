"""The verification methods, one file each. To add one: its file, its page, and its line here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idp.proofing.methods.micro_deposit import MicroDeposit
from idp.proofing.methods.registry_query import RegistryQuery

if TYPE_CHECKING:
    from idp.proofing.method import Method

METHODS: tuple[Method, ...] = (RegistryQuery(), MicroDeposit())
