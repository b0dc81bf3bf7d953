"""Where the database file lies: its folder, its permissions, and the kind of file system."""

import os
from pathlib import Path

from agent.errors import UnsafeLocation

MOUNTS = Path("/proc/self/mounts")
REMOTE = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "ceph"})


def prepare_file(path: Path) -> None:
    """Create the folder and an empty file that only its owner may read, unless they exist."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))


def refuse_remote(path: Path, mounts: Path = MOUNTS) -> None:
    """Raise UnsafeLocation if `path` lies on a network file system; says nothing where mounts cannot be listed."""
    kind = file_system(path, mounts)
    if kind in REMOTE:
        raise UnsafeLocation(
            f"{path} lies on a network file system ({kind}), where file locks do not work: "
            "set store.path to a folder on a local disk",
            path,
        )


def file_system(path: Path, mounts: Path = MOUNTS) -> str | None:
    """Name the kind of file system that holds `path`, None if it cannot be told."""
    if not mounts.is_file():
        return None
    found: tuple[int, str] | None = None
    resolved = path.absolute()
    for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
        _, folder, kind, *_ = line.split(" ")
        mounted = Path(folder.replace("\\040", " "))
        if resolved.is_relative_to(mounted) and (found is None or len(mounted.parts) >= found[0]):
            found = (len(mounted.parts), kind)
    return found[1] if found else None
