"""Whether a file has all the bytes that it promises: downloads that broke off are found before they are believed."""

from pathlib import Path

from remote_sensing.reading.refusal import refused

MANY = 4096  # blocks of a window that are looked at one by one


def refuse_cut_off(source, path, window=None):
    """Raise InputError when blocks of a GeoTIFF, or the boxes of a JPEG 2000, end behind the end of the file."""
    if str(path).startswith(("/vsi", "http")):
        return
    size = Path(path).stat().st_size
    end = _last_byte_jp2(path, size) if source.driver == "JP2OpenJPEG" else _last_byte_tiff(source, window)
    if end > size:
        raise refused(
            path,
            f"is cut off: {source.width} x {source.height} pixels need {end:,} bytes, the file has {size:,}",
            f"文件被截断：{source.width} x {source.height} 像元至少需要 {end:,} 字节，文件只有 {size:,} 字节",
        )


def _last_byte_tiff(source, window):
    rows, columns = source.block_shapes[0]
    down, across = -(-source.height // rows), -(-source.width // columns)
    bands = (1, source.count)
    blocks = {(across - 1, down - 1), (0, 0)}  # the last block stands last in most files, in a COG the first one may
    if window is not None:
        xs = range(int(window.col_off) // columns, int(window.col_off + window.width - 1) // columns + 1)
        ys = range(int(window.row_off) // rows, int(window.row_off + window.height - 1) // rows + 1)
        if len(xs) * len(ys) <= MANY:
            blocks |= {(x, y) for x in xs for y in ys}
    end = 0
    for x, y in blocks:
        for band in bands:
            offset = source.get_tag_item(f"BLOCK_OFFSET_{x}_{y}", "TIFF", bidx=band)
            length = source.get_tag_item(f"BLOCK_SIZE_{x}_{y}", "TIFF", bidx=band)
            if offset and length:
                end = max(end, int(offset) + int(length))
    return end


def _last_byte_jp2(path, size):
    """Return where the boxes of a JPEG 2000 file say that it ends."""
    with Path(path).open("rb") as file:
        at = 0
        while at + 8 <= size:
            file.seek(at)
            head = file.read(16)
            length = int.from_bytes(head[:4], "big")
            if at == 0 and head[4:8] != b"jP  ":
                return 0  # a bare code stream has no boxes
            if length == 1:
                length = int.from_bytes(head[8:16], "big")
            if length == 0:
                return size
            at += max(length, 8)
        return at
