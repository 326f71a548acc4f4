"""What the account pages show of rows: dates and words instead of codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from idp.domain.evidence import EvidenceKind
from idp.store.notices import Kind
from idp.web.i18n import gettext
from idp.web.i18n import gettext_noop as _
from keys.encoding import to_base64url

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from idp.authentication.accounts import Overview
    from idp.authentication.sessions import Session
    from idp.store.passkeys import PasskeyRecord
    from idp.store.sessions import Listed

EVIDENCE_LABELS = {
    EvidenceKind.STATED_NUMBER: _("A resident number, stated by you"),
    EvidenceKind.REGISTRY_MATCH: _("Name and number found in the registry"),
    EvidenceKind.BANK_CONTROL: _("Two deposits read from a bank account in your name"),
    EvidenceKind.IDCARD: _("Identity card"),
    EvidenceKind.DRIVING_PERMIT: _("Driving licence"),
    EvidenceKind.PASSPORT: _("Passport"),
    EvidenceKind.MILITARY_ID: _("Military identity card"),
    EvidenceKind.VOUCH: _("A friend who vouched for you"),
    EvidenceKind.SCHOOL_RECORD: _("School record"),
    EvidenceKind.SECOND_PASSKEY: _("A second passkey"),
    EvidenceKind.SECOND_REVIEW: _("A second reviewer, who decided alike"),
}


@dataclass(frozen=True, slots=True)
class NoticeWords:
    """How a notice looks and what it says; ``url`` leads to what can be done about it."""

    kind: str
    title: str | None
    text: str
    url: str | None = None
    action_text: str | None = None


NOTICES = {
    Kind.PASSKEY_ADDED: NoticeWords("info", None, _("A passkey was added to your account.")),
    Kind.PASSKEY_REMOVED: NoticeWords("info", None, _("A passkey was removed from your account.")),
    Kind.PASSKEY_COPIED: NoticeWords(
        "warn",
        _("One of your passkeys may have been copied"),
        _("It was refused because its counter went back, as it does when two devices hold the same key. Remove it."),
        "/account/passkeys",
        _("Manage passkeys"),
    ),
    Kind.RECOVERY_STARTED: NoticeWords(
        "warn",
        _("Somebody is recovering your identity"),
        _("They verified as you with a new passkey. If this was not you, you can stop it."),
        "/recovery",
        _("See and decide"),
    ),
    Kind.RECOVERY_CANCELLED: NoticeWords(
        "warn",
        _("Your recovery was stopped"),
        _("Whoever holds a passkey of your earlier account objected. If that was not you, verify again to start anew."),
        "/verify",
        _("Verify again"),
    ),
    Kind.RECOVERY_COMPLETED: NoticeWords(
        "good",
        _("Your identity is yours again"),
        _("The passkeys and sessions it had before have ended. Every site knows you as the same person."),
    ),
    Kind.NUMBER_TAKEN: NoticeWords(
        "warn",
        _("Someone else proved control of this number"),
        _("The number you entered was proven by another account. Your level fell back to “not verified”."),
        "/verify",
        _("Verify again"),
    ),
}


def person(shown: Overview, *, verified: bool) -> dict[str, object]:
    """Return the card: level, dates and masked name."""
    known = shown.person
    return {
        "level": known.level,
        "verified": verified,
        "masked_name": known.masked_name,
        "verified_on": known.verified_on,
        "since": known.created_on,
    }


def evidence(shown: Overview, *, on: date) -> list[dict[str, object]]:
    """Return the evidence that counts on a day, newest first."""
    counting = [
        each
        for each in shown.evidence
        if (each.withdrawn_on is None or each.withdrawn_on > on) and (each.expires_on is None or each.expires_on >= on)
    ]
    return [
        {"label": EVIDENCE_LABELS[each.kind], "on": each.obtained_on, "until": each.expires_on}
        for each in sorted(counting, key=lambda each: (each.obtained_on, each.kind), reverse=True)
    ]


def notices(shown: Overview) -> list[dict[str, object]]:
    """Return what the person has not read yet, in their language."""
    return [
        {
            "key": each.notice_id,
            "kind": words.kind,
            "title": words.title and gettext(words.title),
            "text": gettext(words.text),
            "url": words.url,
            "action_text": words.action_text and gettext(words.action_text),
        }
        for each in shown.notices
        for words in (NOTICES[each.kind],)
    ]


def passkeys(held: Iterable[PasskeyRecord]) -> list[dict[str, object]]:
    """Return a person's passkeys, oldest first."""
    return [
        {
            "key": each.credential_id,
            "label": each.label,
            "added_on": each.created_on,
            "used_on": each.last_used_on,
            "synced": each.backed_up,
        }
        for each in held
    ]


def sessions(listed: Iterable[Listed], here: Session) -> list[dict[str, object]]:
    """Return where a person is signed in, newest first."""
    return [
        {
            "key": to_base64url(each.id_hash).decode(),
            "device": each.device,
            "on": each.since.date(),
            "current": each.id_hash == here.id_hash,
        }
        for each in listed
    ]
