import os
import socket
import time

import pytest


def test_a_connection_to_another_machine_is_refused_before_it_is_made() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_STREAM) as outward,
        pytest.raises(RuntimeError, match=r"only connect to this machine, not to '192\.0\.2\.1'"),
    ):
        outward.connect(("192.0.2.1", 80))


def test_a_name_of_another_machine_is_not_looked_up() -> None:
    with pytest.raises(RuntimeError, match=r"not to 'example\.org'"):
        socket.create_connection(("example.org", 80))


def test_a_loopback_server_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()


def test_no_setting_of_the_machine_reaches_a_test() -> None:
    assert not [name for name in os.environ if name.startswith("COINBRIEF_")]


def test_local_time_is_not_utc() -> None:
    assert os.environ["TZ"] == "Pacific/Kiritimati"
    assert time.tzname != ("UTC", "UTC")
