"""Requests for another host, over a raw socket: what no HTTP library would send."""

from __future__ import annotations

import socket

import pytest

from tests.faults.running import Server


def status(server: Server, head: str) -> str:
    """The status line that answers a request with these header lines."""
    lines = head.format(host=server.host)
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(f"GET /announcements {lines}\r\nConnection: close\r\n\r\n".encode())
        return connection.makefile("rb").readline().decode().strip()


def test_our_own_host(server: Server):
    assert status(server, "HTTP/1.1\r\nHost: {host}") == "HTTP/1.1 200 OK"


@pytest.mark.parametrize(
    "head",
    [
        "HTTP/1.1\r\nHost: {host}\r\nHost: {host}",
        "HTTP/1.1\r\nHost: {host}\r\nHost: evil.example",
        "HTTP/1.1\r\nHost: evil.example\r\nHost: {host}",
        "HTTP/1.1\r\nHost: {host},evil.example",
        "HTTP/1.1\r\nHost: {host}\r\n evil.example",
        "HTTP/1.1\r\nHost: {host}\r\n\t,evil.example",
        "HTTP/1.1\r\nHost:",
        "HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: {host}",
        "HTTP/1.1\r\nHo_st: {host}",
        "HTTP/1.1\r\nX-Nothing: x",
        "HTTP/1.0\r\nX-Nothing: x",
    ],
)
def test_two_hosts_none_or_another(server: Server, head: str):
    assert status(server, head).endswith("400 Bad Request")
