"""Apache's mod_auth_openidc (Debian) protects a page with the provider as it ships."""

from __future__ import annotations

import secrets
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.interop.tools import needs
from tests.live import free_port, serving
from tests.walker import Walker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.live import Provider

MODULES = Path("/usr/lib/apache2/modules")
APACHE = Path("/usr/sbin/apache2")

pytestmark = [pytest.mark.interop, needs(APACHE, MODULES / "mod_auth_openidc.so")]

CONFIGURATION = """
ServerRoot {folder}
ServerName localhost
PidFile {folder}/apache.pid
Listen 127.0.0.1:{port}
ErrorLog {folder}/error.log
{user}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authn_core_module {modules}/mod_authn_core.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule authz_user_module {modules}/mod_authz_user.so
LoadModule headers_module {modules}/mod_headers.so
LoadModule dir_module {modules}/mod_dir.so
LoadModule auth_openidc_module {modules}/mod_auth_openidc.so
DocumentRoot {folder}/www
<Directory {folder}/www>
  AllowOverride None
</Directory>
OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration
OIDCClientID {client_id}
OIDCClientSecret {client_secret}
OIDCRedirectURI http://localhost:{port}/private/callback
OIDCCryptoPassphrase {passphrase}
OIDCScope "openid profile verified"
OIDCPKCEMethod S256
OIDCRemoteUserClaim sub
<Location /private>
  AuthType openid-connect
  Require claim verified:true
  Header set X-Remote-User "expr=%{{REMOTE_USER}}"
</Location>
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that Apache's own user may read, as pytest's are ours alone."""
    with tempfile.TemporaryDirectory(prefix="yufu-apache-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_apache_lets_a_verified_person_through_and_knows_only_the_pseudonym(provider: Provider, folder: Path) -> None:
    port = free_port()
    callback = f"http://localhost:{port}/private/callback"
    site = provider.add_client(client_name="Apache", redirect_uris=[callback], scope="openid profile verified")
    (folder / "www" / "private").mkdir(parents=True)
    (folder / "www" / "private" / "index.html").write_text("the private page")
    configuration = folder / "apache.conf"
    configuration.write_text(
        CONFIGURATION.format(
            folder=folder,
            port=port,
            user="User www-data\nGroup www-data",
            modules=MODULES,
            issuer=provider.issuer,
            client_id=site["client_id"],
            client_secret=site["client_secret"],
            passphrase=secrets.token_hex(16),
        )
    )
    command = [str(APACHE), "-DFOREGROUND", "-f", str(configuration)]
    with serving(command, provider.environment, cwd=folder, address=f"http://localhost:{port}/"):
        person = Walker(provider.issuer)
        person.sign_in_as("verified")
        page = person.arrive(person.get(f"http://localhost:{port}/private/index.html"))
    assert page.response.text == "the private page"
    assert len(page.response.headers["X-Remote-User"].split("@")[0]) == 43
