"""The examples of docs/operations.md for nginx and Caddy, each started as it stands there.

Only ports and certificates are others. Without the program (`.ci/run` brings both) a test is
skipped.
"""

import asyncio
import os
import re
import shutil
import ssl
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import aiohttp
import house
import pytest
import tls
from fakes.base import free_port
from tree import TOP

from bot.config import Web
from bot.web import build
from bot.web.server import Server

NOW = datetime(2026, 11, 29, 10, tzinfo=UTC)
PAGE = (TOP / "docs" / "operations.md").read_text("utf-8")
HOSTS = {"own host": "https://campaign.example", "path": "https://www.example.org/campaign"}
PROGRAMS = {name: shutil.which(name) for name in ("nginx", "caddy")}
pytestmark = pytest.mark.slow
tried = pytest.mark.parametrize(
    ("program", "kind", "cut"),
    [
        pytest.param(
            program,
            kind,
            cut,
            marks=pytest.mark.skipif(PROGRAMS[program] is None, reason=f"no {program} here"),
        )
        for program in PROGRAMS
        for kind, cut in (("own host", False), ("path", False), ("path", True))
    ],
)


def example(program, kind):
    [block] = re.findall(rf"^```{program} {kind}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return block


def nginx(folder, kind, ports, *, cut):
    """Write the settings of nginx; return how it is started, and the certificate that it shows."""
    tls.make(folder, host="DNS:campaign.example,DNS:www.example.org")
    text = example("nginx", kind)
    if kind == "path":
        ours = f"listen 443 ssl; ssl_certificate {folder}/cert.pem;"
        key = f"ssl_certificate_key {folder}/key.pem;"
        text = f"server {{ {ours} {key} server_name www.example.org;\n{text}}}\n"
    text = re.sub(r"/etc/letsencrypt/\S+fullchain.pem", f"{folder}/cert.pem", text)
    text = re.sub(r"/etc/letsencrypt/\S+privkey.pem", f"{folder}/key.pem", text)
    text = re.sub(r"^ *listen \[::\].*\n", "", text, flags=re.MULTILINE)
    text = text.replace("listen 80;", f"listen 127.0.0.1:{ports.http};")
    text = text.replace("listen 443", f"listen 127.0.0.1:{ports.https}")
    text = behind(text, ports, cut="" if not cut else "/")
    kept = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off;\npid {folder}/pid;\nworker_processes 1;\n"
        f"events {{}}\nhttp {{\n{kept}access_log {folder}/access.log;\n{text}}}\n"
    )
    command = ["-p", str(folder), "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"]
    return command, folder / "cert.pem"


def caddy(folder, kind, ports, *, cut):
    """Write the settings of Caddy; return how it is started, and the certificate that it shows."""
    text = behind(example("caddy", kind), ports, cut="")
    if cut:
        text = text.replace("handle /campaign/*", "handle_path /campaign/*")
    own = f"http_port {ports.http}\nhttps_port {ports.https}\nadmin off\nlocal_certs\n"
    (folder / "Caddyfile").write_text(f"{{\n{own}skip_install_trust\n}}\n{text}")
    root = folder / "caddy" / "pki" / "authorities" / "local" / "root.crt"
    return ["run", "--adapter", "caddyfile", "--config", f"{folder}/Caddyfile"], root


def behind(text, ports, cut):
    assert "127.0.0.1:8087" in text
    return text.replace("127.0.0.1:8087", f"127.0.0.1:{ports.ours}{cut}")


@pytest.fixture
def services(tmp_path, library):
    opened = house.shown(tmp_path, library, "endchildlabour")
    yield opened
    opened.store.close()


@asynccontextmanager
async def proxied(services, folder, program, kind, *, cut):
    """Asks for a path of the host through the proxy; `asked.forwarded` is for whom it asked us."""
    web = Web(public_url=HOSTS[kind], listen="127.0.0.1:0")
    services = replace(services, settings=replace(services.settings, web=web))
    application, forwarded = build(lambda: services, lambda: NOW), []

    async def listening(scope, receive, send):
        headers = dict(scope.get("headers", ()))
        forwarded.append(headers.get(b"x-forwarded-for", b"").decode())
        await application(scope, receive, send)

    server = Server(listening, "127.0.0.1:0")
    await server.start()
    ports = SimpleNamespace(ours=server.port, http=free_port(), https=free_port())
    command, trusted = {"nginx": nginx, "caddy": caddy}[program](folder, kind, ports, cut=cut)
    process = await asyncio.create_subprocess_exec(
        PROGRAMS[program],
        *command,
        env={**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder)},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    host = HOSTS[kind].split("/")[2]
    try:
        await listens(ports.https, process)
        async with aiohttp.ClientSession() as session:

            async def ask(path, method="GET", *, safe=True, **given):
                port = ports.https if safe else ports.http
                given["headers"] = {"host": host, **given.get("headers", {})}
                async with session.request(
                    method,
                    f"{'https' if safe else 'http'}://127.0.0.1:{port}{path}",
                    server_hostname=host if safe else None,
                    ssl=ssl.create_default_context(cafile=trusted),
                    allow_redirects=False,
                    **given,
                ) as answer:
                    return SimpleNamespace(
                        status=answer.status, headers=answer.headers, text=await answer.text()
                    )

            ask.forwarded = forwarded
            yield ask
    finally:
        process.terminate()
        await process.wait()
        await server.stop()


async def listens(port, process):
    """Wait until the proxy takes connections with its certificate ready."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    for _ in range(200):
        assert process.returncode is None, "it ended by itself"
        for host in ("campaign.example", "www.example.org"):
            try:
                _, writer = await asyncio.open_connection(
                    "127.0.0.1", port, ssl=context, server_hostname=host
                )
            except OSError:
                continue
            writer.close()
            return
        await asyncio.sleep(0.05)
    pytest.fail("the proxy does not listen")


@tried
async def test_pages_are_reached_by_https_with_their_own_headers(
    services, tmp_path, program, kind, cut
):
    base = "" if kind == "own host" else "/campaign"
    async with proxied(services, tmp_path, program, kind, cut=cut) as ask:
        page = await ask(f"{base}/en/endchildlabour/")
        assert page.status == 200
        assert f'href="{base}/en/endchildlabour/calendar"' in page.text
        for name in (
            "strict-transport-security",
            "content-security-policy",
            "x-content-type-options",
            "x-frame-options",
            "referrer-policy",
        ):
            assert len(page.headers.getall(name)) == 1, name
        assert "max-age=31536000" in page.headers["strict-transport-security"]
        assert page.headers["content-encoding"] == "gzip"
        for path in ("/static/public.css", "/en/endchildlabour/calendar.ics", "/api/openapi.json"):
            assert (await ask(f"{base}{path}")).status == 200
        first = await ask(f"{base}/")
        assert (first.status, first.headers["location"]) == (303, f"{base}/en/")
        lost = await ask(f"{base}/en/nothing")
        assert (lost.status, lost.headers["content-language"]) == (404, "en")


@tried
async def test_who_has_a_page_gets_304_through_the_proxy(services, tmp_path, program, kind, cut):
    base = "" if kind == "own host" else "/campaign"
    async with proxied(services, tmp_path, program, kind, cut=cut) as ask:
        page = await ask(f"{base}/en/about")
        known = {"if-none-match": page.headers["etag"]}
        assert (await ask(f"{base}/en/about", headers=known)).status == 304


@tried
async def test_http_leads_to_https_and_the_bare_path_to_the_pages(
    services, tmp_path, program, kind, cut
):
    async with proxied(services, tmp_path, program, kind, cut=cut) as ask:
        if kind == "path":
            bare = await ask("/campaign")
            assert bare.status == 301
            assert bare.headers["location"].endswith("/campaign/")
        else:
            plain = await ask("/en/about", safe=False)
            assert plain.status in (301, 308)
            assert re.fullmatch(
                r"https://campaign\.example(:\d+)?/en/about", plain.headers["location"]
            )


@tried
async def test_we_know_for_whom_the_proxy_asks_and_it_writes_down_nobody(
    services, tmp_path, program, kind, cut
):
    base = "" if kind == "own host" else "/campaign"
    async with proxied(services, tmp_path, program, kind, cut=cut) as ask:
        await ask(f"{base}/en/about", headers={"x-forwarded-for": "203.0.113.9"})
        # what a client says of itself is not believed: the last one counts, which the proxy wrote
        assert [said.split(", ")[-1] for said in ask.forwarded] == ["127.0.0.1"]
    for log in tmp_path.glob("*.log"):
        assert "GET" not in log.read_text()


@tried
async def test_forms_are_taken_from_our_own_pages_alone(services, tmp_path, program, kind, cut):
    base = "" if kind == "own host" else "/campaign"
    own = "/".join(HOSTS[kind].split("/")[:3])
    async with proxied(services, tmp_path, program, kind, cut=cut) as ask:
        statuses = [
            (await ask(f"{base}/en/danger", "POST", data={"text": ""}, headers=headers)).status
            for headers in ({"origin": own}, {"origin": "https://elsewhere.example"})
        ]
    assert statuses[0] != 403
    assert statuses[1] == 403


def test_ci_brings_both():
    assert "apt-get download -qq nginx caddy" in (TOP / ".ci" / "run").read_text("utf-8")
