"""A small OIDC issuer for tests: discovery and keys over real HTTP, and tokens signed with them."""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

AUDIENCE = "meritbook"


class LocalIssuer:
    """An issuer on this machine. published, private: its keys, by name. asked: how often, by path."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: Counter[str] = Counter()
        self.published: dict[str, dict[str, Any]] = {}
        self.private: dict[str, Any] = {}
        self.says_it_is = url
        self.keys_at = f"{url}/keys"
        self.status = 200

    def add(self, name: str, kind: str = "EdDSA") -> None:
        """Publishes a new key."""
        if kind == "EdDSA":
            key: Any = ed25519.Ed25519PrivateKey.generate()
            public = OKPAlgorithm.to_jwk(key.public_key(), as_dict=True)
        elif kind == "ES256":
            key = ec.generate_private_key(ec.SECP256R1())
            public = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
        else:
            key = rsa.generate_private_key(public_exponent=65537, key_size=2048 if kind == "RS256" else 1024)
            public = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
        self.private[name] = key
        self.published[name] = public | {"kid": name, "use": "sig"}

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Claims of a payroll clerk, with `changes`; None leaves a claim out."""
        now = int(time.time())
        said = {"iss": self.url, "aud": AUDIENCE, "sub": "u1", "iat": now, "exp": now + 300}
        said |= {"meritbook_role": "payroll"} | changes
        return {name: value for name, value in said.items() if value is not None}

    def token(self, key: str = "k1", algorithm: str = "EdDSA", **changes: Any) -> str:
        """A token signed with a key."""
        return jwt.encode(self.claims(**changes), self.private[key], algorithm, headers={"kid": key})

    def answer(self, path: str) -> tuple[int, Any]:
        """What stands at a path."""
        self.asked[path] += 1
        if path == "/keys":
            return self.status, {"keys": list(self.published.values())}
        if path == "/.well-known/openid-configuration":
            return self.status, {"issuer": self.says_it_is, "jwks_uri": self.keys_at}
        return 404, {}


@contextmanager
def local_issuer() -> Iterator[LocalIssuer]:
    """An issuer that answers until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, said = issuer.answer(self.path)
            content = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        issuer = LocalIssuer(f"http://127.0.0.1:{server.server_address[1]}")
        issuer.add("k1")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield issuer
        finally:
            server.shutdown()
            thread.join()
