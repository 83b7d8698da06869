"""A real nginx with HTTPS, from the file that deploy/ ships, in front of a real server."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

import httpx2
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from core import clock
from core.settings import ROOT
from tests.fixtures_worker import until

NAME: Final = "localhost"
# This machine has all addresses of 127.0.0.0/8.
CLIENT: Final = "127.0.0.2"
_HOW_TO: Final = "There is no nginx. Install it: apt-get install nginx-light (as root, script/test does so itself)."
_MAIN: Final = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1; {user}
events {{ worker_connections 128; }}
http {{
  access_log off; default_type application/octet-stream;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  include {folder}/rooster.conf;
}}
"""


@dataclass(frozen=True, slots=True)
class Proxy:
    """`port` speaks HTTPS, `plain_port` sends there; `certificate` is a file that both sides have."""

    port: int
    plain_port: int
    certificate: Path

    @property
    def url(self) -> str:
        return f"https://{NAME}:{self.port}"

    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.certificate))

    def client(self) -> httpx2.Client:
        """A client whose address is not that of the proxy."""
        transport = httpx2.HTTPTransport(verify=self.trust(), local_address=CLIENT)
        return httpx2.Client(transport=transport, timeout=60)


@contextmanager
def nginx(folder: Path, *, port: int, plain_port: int, upstream: int, base_path: str = "") -> Iterator[Proxy]:
    """Start it and wait until it answers; it is stopped at the end."""
    program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    assert program is not None, _HOW_TO
    certificate = _certificate(folder)
    _configure(folder, port=port, plain_port=plain_port, upstream=upstream, base_path=base_path)
    command = [program, "-p", str(folder), "-e", str(folder / "start.log"), "-c", str(folder / "nginx.conf")]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    proxy = Proxy(port, plain_port, certificate)
    try:
        until(lambda: _answers(proxy) or process.poll() is not None, what="nginx to answer")
        assert process.poll() is None, (folder / "start.log").read_text()
        yield proxy
    finally:
        process.terminate()
        process.wait(timeout=30)


def _configure(folder: Path, *, port: int, plain_port: int, upstream: int, base_path: str) -> None:
    """The shipped file with what its first lines tell everybody to put in, and with our ports."""
    site = (ROOT / "deploy" / "nginx.conf").read_text()
    for written, ours in {
        "listen 80;": f"listen 127.0.0.1:{plain_port};",
        "listen [::]:80;": "",
        "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        "listen [::]:443 ssl;": "",
        "reports.example.com": NAME,
        "127.0.0.1:8501": f"127.0.0.1:{upstream}",
        "/etc/ssl/rooster/fullchain.pem": str(folder / "certificate.pem"),
        "/etc/ssl/rooster/privkey.pem": str(folder / "key.pem"),
        "location / {": f"location {base_path}/ {{",
        "https://$host$request_uri": f"https://$host:{port}$request_uri",
    }.items():
        assert written in site, f"deploy/nginx.conf no longer says {written}"
        site = site.replace(written, ours)
    (folder / "rooster.conf").write_text(site)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(_MAIN.format(folder=folder, user=user))


def _answers(proxy: Proxy) -> bool:
    try:
        with proxy.client() as client:
            client.get(proxy.url)
    except httpx2.TransportError:
        return False
    return True


def _certificate(folder: Path) -> Path:
    """Signed by itself, for this machine, for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    names = x509.SubjectAlternativeName([x509.DNSName(NAME), x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(clock.now() - timedelta(hours=1))
        .not_valid_after(clock.now() + timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem, plain, nobody = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(pem, plain, nobody))
    return path
