"""A small OIDC issuer for tests: discovery and keys over real HTTP, and tokens signed with them."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

AUDIENCE = "meritbook"
CLIENT = "pages:client-secret"
"""Id and secret of the client that signs people in."""


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
        self.codes: dict[str, dict[str, Any]] = {}
        self.names_itself = True

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
            return self.status, {
                "issuer": self.says_it_is,
                "jwks_uri": self.keys_at,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "end_session_endpoint": f"{self.url}/end",
                "authorization_response_iss_parameter_supported": self.names_itself,
            }
        return 404, {}

    def signs_in(self, address: str, **changes: Any) -> dict[str, str]:
        """What a browser brings back that was sent to `address`; `changes` are of the claims."""
        query = dict(parse_qsl(urlsplit(address).query))
        assert query["response_type"] == "code" and query["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(8)
        self.codes[code] = query | {"claims": {"aud": query["client_id"], "nonce": query["nonce"]} | changes}
        return {"state": query["state"], "code": code, "iss": self.url}

    def give(self, form: dict[str, str], authorization: str) -> tuple[int, Any]:
        """The ID token for a code: once, to the client, for the right verifier and address."""
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        fits = asked is not None and (
            asked["code_challenge"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            and asked["redirect_uri"] == form.get("redirect_uri")
            and authorization == f"Basic {base64.b64encode(CLIENT.encode()).decode()}"
        )
        if asked is None or not fits:
            return 400, {"error": "invalid_grant"}
        return 200, {"id_token": self.token(**asked["claims"]), "token_type": "Bearer"}


@contextmanager
def local_issuer() -> Iterator[LocalIssuer]:
    """An issuer that answers until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(*issuer.answer(self.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer(*issuer.give(dict(parse_qsl(body)), self.headers.get("Authorization", "")))

        def _answer(self, status: int, said: Any) -> None:
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
