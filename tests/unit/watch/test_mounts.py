"""Which file systems lie under a music folder."""

from pathlib import Path

import pytest

from auralisd.watch.mounts import Mount, mounts, under

TABLE = rb"""22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 22 0:40 / /home/ada/My\040Music rw shared:5 - nfs4 server:/music rw
31 22 0:41 / /home rw - tmpfs tmpfs rw
32 30 0:42 / /home/ada/My\040Music/usb rw - fuse.sshfs box: rw
33 22 0:43 / /media/disk rw - fuseblk /dev/sdb1 rw
"""


@pytest.fixture
def table(tmp_path: Path) -> tuple[Mount, ...]:
    (tmp_path / "mountinfo").write_bytes(TABLE)
    return mounts(tmp_path / "mountinfo")


def test_the_table_is_read_with_its_odd_names(table: tuple[Mount, ...]) -> None:
    assert Mount(30, b"/home/ada/My Music", "nfs4") in table
    assert [mount.remote for mount in table] == [False, True, False, True, False]


@pytest.mark.parametrize(
    ("folder", "numbers"),
    [
        (b"/home/ada/My Music", {30, 32}),
        (b"/home/ada/My Music/rock", {30}),
        (b"/home/ada", {31, 30, 32}),
        (b"/srv/music", {22}),
        (b"/home/ada/My Music 2", {31}),
    ],
)
def test_a_folder_lies_on_the_nearest_above_it_and_holds_those_below(
    table: tuple[Mount, ...], folder: bytes, numbers: set[int]
) -> None:
    assert {mount.id for mount in under(folder, table)} == numbers


def test_where_the_kernel_does_not_say_there_are_none(tmp_path: Path) -> None:
    assert mounts(tmp_path / "none") == ()
