"""Zip files from strangers: read in memory, bounded, never unpacked by the names they carry."""

import zipfile
from pathlib import Path, PurePosixPath

from agro.vectors.source import UNPACKED, refusal

NESTED = {".zip", ".kmz", ".7z", ".rar", ".gz", ".tar", ".tgz", ".bz2", ".xz", ".zst"}
ENTRIES = 2000


def entries(path: Path, wanted: set[str]) -> dict[PurePosixPath, bytes]:
    """Return name and content of the entries of a zip whose lower-case suffix is in `wanted`.

    Raises
    ------
    InputError
        When the file is no zip, is locked, holds another archive, names a place outside itself or unfolds too far.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.infolist() if not m.is_dir()]
            _check(path, members)
            left, found = UNPACKED, {}
            for member in members:
                place = PurePosixPath(member.filename.replace("\\", "/"))
                if place.suffix.lower() not in wanted or place.parts[0] == "__MACOSX" or place.name.startswith("."):
                    continue
                with archive.open(member) as stream:
                    found[place] = stream.read(left + 1)  # the size in the directory may be a lie
                left -= len(found[place])
                if left < 0:
                    raise _too_large(path)
            return found
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise refusal(path, "is not a readable zip file", "不是可读的 zip 文件") from error
    except (OSError, zipfile.zlib.error) as error:  # type: ignore[attr-defined]
        raise refusal(path, "the zip file is damaged or incomplete", "zip 文件已损坏或不完整") from error


def _check(path, members):
    if len(members) > ENTRIES:
        raise refusal(
            path,
            f"the zip holds {len(members)} files; at most {ENTRIES} are read",
            f"压缩包内有 {len(members)} 个文件；最多 {ENTRIES} 个",
        )
    if sum(member.file_size for member in members) > UNPACKED:
        raise _too_large(path)
    for member in members:
        place = PurePosixPath(member.filename.replace("\\", "/"))
        if place.is_absolute() or ".." in place.parts or ":" in place.parts[0]:
            raise refusal(
                path,
                f"the zip names a place outside itself ({member.filename!r}); pack the files again",
                f"压缩包内的路径“{member.filename}”指向包外；请重新打包",
            )
        if place.suffix.lower() in NESTED:
            raise refusal(
                path,
                f"the zip holds another archive ({place.name}); unpack that and hand it in alone",
                f"压缩包内还有压缩包（{place.name}）；请解压后单独上传",
            )
        if member.flag_bits & 1:
            raise refusal(path, "the zip is locked by a password", "压缩包设有密码")


def _too_large(path):
    limit = UNPACKED // 1024**2
    return refusal(path, f"the zip unfolds to more than {limit} MB", f"压缩包解压后超过 {limit} MB")
