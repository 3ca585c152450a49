"""What an endpoint may do to the client that speaks to it: nothing, in bounded time and memory."""

import asyncio
import datetime as dt
import json
import ssl
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from api.webhooks import robots
from api.webhooks.guard import Target
from api.webhooks.posting import ANSWER_BYTES, Answer, post

LOCAL = ip_address("127.0.0.1")
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def posted(talk: Talk, *, seconds: float = 5.0, context: ssl.SSLContext | None = None) -> Answer:
    """What comes of a POST to a server that talks so."""

    async def run() -> Answer:
        async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                if context is None:
                    await reader.readuntil(b"\r\n\r\n")
                await talk(reader, writer)
            except (ConnectionError, asyncio.IncompleteReadError):
                pass
            finally:
                writer.close()

        server = await asyncio.start_server(one, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            target = Target("https" if context else "http", "hooks.example", port, "/x?key=1")
            headers = {"webhook-id": "msg_1"}
            answer = await post(target, LOCAL, b"{}", headers, seconds=seconds, context=context)
            await asyncio.sleep(0.06)  # the server hangs up too
            return answer

    return asyncio.run(run())


def says(*parts: bytes, pause: float = 0.0) -> Talk:
    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)

    return talk


@pytest.mark.parametrize(
    ("talk", "status", "error"),
    [
        (says(b"HTTP/1.1 204 No Content\r\n\r\n"), 204, None),
        (says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), 200, None),
        (says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"), 200, None),
        (says(b"HTTP/1.0 500 No\r\n\r\nby hanging up"), 500, None),
        (says(b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), 200, None),
        (says(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + b"a" * 1_000_000), 200, None),
        (says(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf"), 200, None),
        (says(b""), None, None),
        (says(b"SSH-2.0-OpenSSH\r\n"), None, "the answer is no HTTP"),
        (says(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 60_000), None, None),
    ],
)  # fmt: skip
def test_an_answer_is_read_as_far_as_it_matters(talk: Talk, status: int | None, error: str | None) -> None:
    answer = posted(talk)
    assert (answer.status, answer.error) == (status, error) or (status is None and answer.status is None)
    assert len(answer.body) <= ANSWER_BYTES


def test_a_drip_ends_with_the_time_of_a_try() -> None:
    answer = posted(says(*[b"HTTP/1.1 200 OK\r\n"], *[b"X: 1\r\n"] * 100, pause=0.05), seconds=0.4)
    assert (answer.status, answer.error) == (None, "no whole answer within 0.4 s")
    assert 350 < answer.ms < 2_000


def test_nobody_there_is_said() -> None:
    async def run() -> Answer:
        return await post(Target("http", "hooks.example", 1, "/"), LOCAL, b"{}", {})

    answer = asyncio.run(run())
    assert answer.status is None and answer.error is not None and answer.error.startswith("connection:")


def test_who_speaks_no_tls_is_not_told_anything() -> None:
    """The request goes out only after the certificate has proven the name."""
    heard: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await asyncio.wait_for(reader.read(10_000), 5))
        heard.append(await asyncio.wait_for(reader.read(10_000), 5))

    answer = posted(talk, context=ssl.create_default_context(), seconds=1.0)
    assert answer.status is None and not any(b"POST" in each for each in heard)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of hooks.example and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hooks.example")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hooks.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "hooks.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + made.public_bytes(Encoding.PEM))
    return file


@pytest.mark.parametrize(("host", "status"), [("hooks.example", 200), ("other.example", None)])
def test_the_certificate_proves_the_name_though_the_address_was_given(
    certificate: Path, host: str, status: int | None
) -> None:
    """The connection goes to the judged address; the name is still what the certificate has to be for."""
    trusting = ssl.create_default_context(cafile=str(certificate))
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate)

    async def run() -> Answer:
        async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            writer.close()

        async with await asyncio.start_server(one, "127.0.0.1", 0, ssl=serving) as server:
            port = server.sockets[0].getsockname()[1]
            answer = await post(Target("https", host, port, "/"), LOCAL, b"{}", {}, context=trusting)
            await asyncio.sleep(0.06)
            return answer

    answer = asyncio.run(run())
    assert answer.status == status
    assert status == 200 or (answer.error or "").startswith("TLS: Hostname mismatch")


def test_retry_after_is_heard() -> None:
    answer = posted(says(b"HTTP/1.1 503 Busy\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n"))
    assert (answer.status, answer.asked_seconds) == (503, 120)


@pytest.mark.rule("R61")
def test_a_robot_is_told_as_many_lines_as_it_takes() -> None:
    lines = [f"E{number} 与 C1 成交，订单 D{number}：12345.00 CNY" for number in range(100)]
    for form, most in (("wecom", 4_096), ("dingtalk", 18_000)):
        told = robots.message(form, lines, "zh")
        said = json.loads(told.body)
        text = said["markdown"]["content" if form == "wecom" else "text"]
        assert 1 < told.told <= robots.MOST_LINES and len(text.encode()) <= most
        assert text.count("\n- ") == told.told
        [long] = {robots.message(form, ["功" * 9_000], "zh").told}
        assert long == 1
    assert (
        len(json.loads(robots.message("wecom", ["功" * 9_000], "zh").body)["markdown"]["content"].encode())
        <= 4_096
    )


def test_a_robot_cannot_be_made_to_call_everybody() -> None:
    told = robots.message("wecom", ["<@all> [here](http://evil.example) `x` @13800000000"], "en")
    assert not set("<>[]`@") & set(json.loads(told.body)["markdown"]["content"])


@pytest.mark.parametrize(
    ("body", "status", "asked"),
    [
        (b'{"errcode":0,"errmsg":"ok"}', 200, 0),
        (b'{"errcode":93000,"errmsg":"invalid webhook url"}', None, 0),
        (b'{"errcode":45009,"errmsg":"api freq out of limit"}', None, 60),
        (b'{"errcode":130101,"errmsg":"send too fast"}', None, 600),
        (b"<html>ok</html>", None, 0),
        (b"", None, 0),
    ],
)
def test_a_robot_is_believed_by_its_errcode(body: bytes, status: int | None, asked: int) -> None:
    judged = robots.judged(Answer(200, 1, None, 0, body))
    assert (judged.status, judged.asked_seconds) == (status, asked)
    assert (judged.error is None) is (status == 200)
