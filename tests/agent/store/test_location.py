from pathlib import Path

import pytest

from agent.errors import UnsafeLocation
from agent.store.location import file_system, refuse_remote

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/home /home nfs4 rw 0 0
/dev/sdb1 /home/local\\040disk xfs rw 0 0
"""


@pytest.fixture
def mounts(tmp_path: Path) -> Path:
    path = tmp_path / "mounts"
    path.write_text(MOUNTS)
    return path


def test_a_file_belongs_to_the_innermost_mount(mounts: Path) -> None:
    assert file_system(Path("/srv/a.db"), mounts) == "ext4"
    assert file_system(Path("/home/me/a.db"), mounts) == "nfs4"
    assert file_system(Path("/home/local disk/a.db"), mounts) == "xfs"


def test_a_network_file_system_is_refused(mounts: Path) -> None:
    with pytest.raises(UnsafeLocation, match="nfs4"):
        refuse_remote(Path("/home/me/a.db"), mounts)


def test_a_local_disk_is_taken(mounts: Path) -> None:
    refuse_remote(Path("/home/local disk/a.db"), mounts)


def test_where_mounts_cannot_be_listed_nothing_is_refused(tmp_path: Path) -> None:
    refuse_remote(Path("/home/me/a.db"), tmp_path / "none")
