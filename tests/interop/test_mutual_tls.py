"""openid-client shows a certificate to Apache, which passes it on to the provider as it ships (RFC 8705)."""

from __future__ import annotations

import secrets
import socket
import ssl
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests import certificates, live
from tests.interop.test_mod_auth_openidc import APACHE, MODULES
from tests.interop.tools import NODE, PACKAGES, needs, signed_in_by
from tests.live import free_port, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.certificates import Authority, Shown
    from tests.live import Provider

pytestmark = [
    pytest.mark.interop,
    needs(NODE, PACKAGES / "openid-client", APACHE, MODULES / "mod_ssl.so", MODULES / "mod_proxy_http.so"),
]

CALLBACK = "http://localhost:9100/callback"
DN = "CN=payments,O=Harbour Bank,C=CN"
CONFIGURATION = """
ServerRoot {folder}
ServerName localhost
TraceEnable off
PidFile {folder}/apache.pid
Listen 127.0.0.1:{port}
Listen 127.0.0.1:{alive}
ErrorLog {folder}/error.log
User www-data
Group www-data
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule headers_module {modules}/mod_headers.so
LoadModule socache_shmcb_module {modules}/mod_socache_shmcb.so
LoadModule ssl_module {modules}/mod_ssl.so
LoadModule proxy_module {modules}/mod_proxy.so
LoadModule proxy_http_module {modules}/mod_proxy_http.so
<VirtualHost 127.0.0.1:{port}>
  SSLEngine on
  SSLCertificateFile {folder}/server.pem
  SSLCertificateKeyFile {folder}/server.key
  SSLVerifyClient optional_no_ca
  ProxyPreserveHost on
  RequestHeader set {header} "%{{SSL_CLIENT_CERT}}s"
  ProxyPass / {provider}/
</VirtualHost>
"""


@dataclass
class Laboratory:
    """A provider behind Apache, and a folder with everybody's certificates."""

    provider: Provider
    authority: Authority
    folder: Path
    origin: str
    header: str

    def keep(self, name: str, shown: Shown) -> None:
        """Put a certificate and its key where a site finds them."""
        (self.folder / f"{name}.pem").write_text(shown.pem)
        (self.folder / f"{name}.key").write_text(shown.key_pem)


@pytest.fixture(scope="module")
def laboratory() -> Iterator[Laboratory]:
    """Everything up. Apache's own user may read the folder, as pytest's are ours alone."""
    with tempfile.TemporaryDirectory(prefix="yufu-mtls-") as name:
        folder, port, alive = Path(name), free_port(), free_port()
        folder.chmod(0o755)
        (folder / "provider").mkdir()
        authority, header = certificates.authority(), f"XClientCert{secrets.token_hex(16)}"
        (folder / "authorities.pem").write_text(authority.pem)
        origin = f"https://localhost:{port}"
        settings = {
            "IDP_MTLS__HEADER": header,
            "IDP_MTLS__FORMAT": "pem",
            "IDP_MTLS__ORIGIN": origin,
            "IDP_MTLS__AUTHORITIES": str(folder / "authorities.pem"),
        }
        with live.provider(folder / "provider", **settings) as provider:
            built = Laboratory(provider, authority, folder, origin, header)
            built.keep("server", certificates.for_server("localhost"))
            configuration = folder / "apache.conf"
            configuration.write_text(
                CONFIGURATION.format(
                    folder=folder, port=port, alive=alive, modules=MODULES, header=header,
                    provider=f"http://127.0.0.1:{provider.port}",
                )
            )  # fmt: skip
            command = [str(APACHE), "-DFOREGROUND", "-f", str(configuration)]
            with serving(command, provider.environment, cwd=folder, address=f"http://localhost:{alive}/"):
                yield built


@pytest.mark.parametrize("method", ["tls_client_auth", "self_signed_tls_client_auth"])
def test_a_certificate_proves_the_site_and_binds_its_tokens(laboratory: Laboratory, method: str) -> None:
    if method == "tls_client_auth":
        shown = laboratory.authority.issue(DN)
        known: dict[str, Any] = {"tls_client_auth_subject_dn": DN}
    else:
        shown = certificates.self_signed()
        known = {"jwks": {"keys": [shown.jwk()]}}
    laboratory.keep("site", shown)
    laboratory.keep("thief", laboratory.authority.issue("CN=thief"))
    provider = laboratory.provider
    site = provider.add_client(
        client_name="openid-client",
        redirect_uris=[CALLBACK],
        scope="openid profile verified",
        token_endpoint_auth_method=method,
        tls_client_certificate_bound_access_tokens=True,
        **known,
    )
    given = [site["client_id"], CALLBACK, str(laboratory.folder), "site"]
    received = signed_in_by(provider, "mutual_tls.mjs", given, callback=CALLBACK)
    assert received["claims"]["verified"] is True
    assert received["userinfo"]["sub"] == received["claims"]["sub"]
    assert received["cnf"] == {"x5t#S256": shown.thumbprint}
    assert received["refused"] == {"thief": 401, "nobody": 401}


def test_nobody_becomes_a_site_by_writing_the_header_even_who_knows_its_name(laboratory: Laboratory) -> None:
    """The certificate is public: whoever has it and no key sends it under every spelling there is."""
    shown = certificates.self_signed()
    known = {"jwks": {"keys": [shown.jwk()]}, "token_endpoint_auth_method": "self_signed_tls_client_auth"}
    site = laboratory.provider.add_client(
        client_name="Bank", redirect_uris=[CALLBACK], grant_types=["authorization_code", "client_credentials"], **known
    )
    name, body = laboratory.header, f"grant_type=client_credentials&client_id={site['client_id']}"
    second = f"{name[:11]}_{name[11:]}"
    for written in ([name], [name.lower()], [name, name.upper()], [second], [name, second], [second, name]):
        lines = [f"{each}: {shown.spaced.strip()}" for each in written]
        told = _answer(laboratory, "POST /token", *lines, body=body)
        assert '"error":"invalid_client"' in told, told
    assert name.lower() not in _answer(laboratory, "TRACE /").lower()


def _answer(laboratory: Laboratory, what: str, *headers: str, body: str = "") -> str:
    """Send a request as it stands, over TLS and without a certificate."""
    address = urlsplit(laboratory.origin)
    context = ssl.create_default_context(cafile=str(laboratory.folder / "server.pem"))
    usual = [f"Host: {address.netloc}", "Connection: close", f"Content-Length: {len(body)}"]
    kind = ["Content-Type: application/x-www-form-urlencoded"] if body else []
    text = "\r\n".join([f"{what} HTTP/1.1", *usual, *kind, *headers, "", body])
    plain = socket.create_connection(("127.0.0.1", address.port or 443), timeout=10)
    with context.wrap_socket(plain, server_hostname="localhost") as connection:
        connection.sendall(text.encode())
        return b"".join(iter(lambda: connection.recv(65536), b"")).decode()
