from pathlib import Path
from zipfile import ZipFile

from tests.project.wheel_contents import PACKAGE_DATA, ROOT, complaints, package_files

LICENCE = "coinbrief-0.1.0.dist-info/licenses/LICENSE"


def wheel(path: Path, names: set[str]) -> Path:
    with ZipFile(path / "coinbrief.whl", "w") as archive:
        for name in sorted(names):
            archive.writestr(name, "")
    return path / "coinbrief.whl"


def test_a_wheel_with_every_file_is_complete(tmp_path: Path) -> None:
    assert complaints(wheel(tmp_path, package_files(ROOT) | {LICENCE}), ROOT) == []


def test_a_file_that_was_left_out_is_named(tmp_path: Path) -> None:
    names = package_files(ROOT) - {"config/default.toml"} | {LICENCE}
    assert complaints(wheel(tmp_path, names), ROOT) == [
        "config/default.toml is not in the wheel",
        "nothing in the wheel matches config/default.toml: the default settings",
    ]


def test_a_wheel_without_the_licence_is_not_complete(tmp_path: Path) -> None:
    assert complaints(wheel(tmp_path, package_files(ROOT)), ROOT) == ["the licence is not in the wheel"]


def test_each_kind_of_package_data_is_in_the_tree() -> None:
    assert [pattern for pattern in PACKAGE_DATA if not list(ROOT.glob(pattern))] == []
