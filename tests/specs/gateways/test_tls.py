"""Both sides of a gateway's TLS: an impostor gets nothing, and we show the certificate the other side asks for."""

from __future__ import annotations

import ssl
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING
from wsgiref.simple_server import make_server

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from idp.gateways.adapters import open_registry
from idp.gateways.http import NetworkTransport, NoReplyError, tls_context
from idp.settings import RegistrySettings
from tests.specs.gateways.conftest import Quiet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from wsgiref.types import StartResponse, WSGIEnvironment


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """Make a certificate for this machine that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "registry.test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    files = tmp_path / "certificate.pem", tmp_path / "key.pem"
    files[0].write_bytes(made.public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


@contextmanager
def serving(certificate: tuple[Path, Path], *, demands_ours: bool = False) -> Iterator[str]:
    def fine(_environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        start_response("200 OK", [])
        return [b"fine"]

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    if demands_ours:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(certificate[0])
    server = make_server("127.0.0.1", 0, fine, handler_class=Quiet)
    server.handle_error = lambda *_: None  # type: ignore[method-assign] # a refused handshake is what is tested
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def post(url: str, context: ssl.SSLContext) -> bytes:
    return NetworkTransport(tls=context).post(url, b"{}", headers={}, timeout=5).body


def test_a_certificate_we_do_not_trust_ends_the_call_before_anything_is_said(certificate: tuple[Path, Path]) -> None:
    with serving(certificate) as url, pytest.raises(NoReplyError, match="SSLCertVerificationError"):
        post(url, tls_context())


def test_a_certificate_for_another_host_is_not_taken(certificate: tuple[Path, Path]) -> None:
    with serving(certificate) as url, pytest.raises(NoReplyError, match="SSLCertVerificationError"):
        post(url.replace("127.0.0.1", "localhost"), tls_context(authorities=certificate[0]))


def test_the_authority_named_by_the_operator_is_trusted(certificate: tuple[Path, Path]) -> None:
    with serving(certificate) as url:
        assert post(url, tls_context(authorities=certificate[0])) == b"fine"


def test_our_own_certificate_is_shown_to_a_side_that_demands_one(certificate: tuple[Path, Path]) -> None:
    with serving(certificate, demands_ours=True) as url:
        ours = tls_context(authorities=certificate[0], certificate=certificate[0], key=certificate[1])
        assert post(url, ours) == b"fine"
        with pytest.raises(NoReplyError):
            post(url, tls_context(authorities=certificate[0]))


def test_the_settings_name_the_files(certificate: tuple[Path, Path]) -> None:
    ours, key = map(str, certificate)
    with serving(certificate, demands_ours=True) as url:
        settings = RegistrySettings(adapter="http", url=url, authorities=ours, certificate=ours, certificate_key=key)
        transport = open_registry(settings).endpoint.transport
        assert transport.post(url, b"{}", headers={}, timeout=5).body == b"fine"


def test_a_certificate_that_cannot_be_read_stops_the_start(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.pem")
    settings = RegistrySettings(adapter="http", url="https://registry.example/", certificate=missing)
    with pytest.raises(FileNotFoundError):
        open_registry(settings)
