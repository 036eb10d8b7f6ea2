"""Headers of .npy files that nobody should believe, and .npz files made of any members."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

MAGIC = b"\x93NUMPY"
# Shapes and types that do not fit the data, or no machine.
SHAPES = (
    "()", "(0,)", "(3,)", "(0, 36)", "(3, 0)", "(3, 35)", "(4, 36)", "(-3, -36)", "(-1, 36)",
    "(3, 36, 1)", "(1000000000000, 36)", "(3, 1000000000000)", "(9223372036854775807, 2)",
    "(4294967296, 4294967296)", f"(1{'0' * 400}, 36)", "(True, 36)", "(3.0, 36)", "(3L, 36L)",
    "3", "'3'", "None", "(3, '36')", "[3, 36]", "(nan,)", f"({'1, ' * 3000})",
)  # fmt: skip
TYPES = (
    "'>f4'", "'<f2'", "'<f8'", "'<f16'", "'<i4'", "'|O'", "'|b1'", "'<c8'", "'|V4'", "'|S4'",
    "'<U0'", "'<U1'", "'<U1000000000'", "'<M8[ns]'", "''", "'f'", "'x9'", "None", "4", "('<f4',)",
    "[('a', '<f4')]", "[('a', '|O')]", "'<f4, <f4'", "'\\\\p'", "'<f4'*10**9",
)  # fmt: skip
TEXTS = (
    "", "{", "{}", "[]", "0", "None", "(" * 5000, "-" * 5000, "[" * 400 + "]" * 400,
    "{'descr': '<f4'}",
    "{'descr': '<f4', 'fortran_order': 3, 'shape': (3, 36), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 36), 'more': 1}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 36), }" + " " * 70_000,
    "__import__('os').abort()", "\0" * 64, "\xe9" * 64, "{'descr': '\n",
)  # fmt: skip


def headers() -> Iterator[bytes]:
    """Yield whole headers, magic bytes and all."""
    for shape in SHAPES:
        yield header(_described("'<f4'", shape))
    for kind in TYPES:
        yield header(_described(kind, "(3, 36)"))
    yield from map(header, TEXTS)
    good = header(_described("'<f4'", "(3, 36)"))
    yield header(_described("'<f4'", "(3, 36)", order="True"))
    yield from (MAGIC + bytes([version]) + good[7:] for version in (0, 2, 3, 4, 255))
    yield from (good[:8] + struct.pack("<H", length) for length in (0, 1, 65535))
    yield MAGIC + b"\x02\0" + struct.pack("<I", 2**32 - 1) + good[10:]


def _described(kind: str, shape: str, order: str = "False") -> str:
    return f"{{'descr': {kind}, 'fortran_order': {order}, 'shape': {shape}, }}"


def header(text: str) -> bytes:
    """Return a header of version 1, or of 2 where it is long."""
    content = text.encode("latin1")
    content += b" " * (-(len(content) + 11) % 64) + b"\n"
    if len(content) < 65536:
        return MAGIC + b"\x01\0" + struct.pack("<H", len(content)) + content
    return MAGIC + b"\x02\0" + struct.pack("<I", len(content)) + content


def members(content: bytes) -> dict[str, bytes]:
    """Return the members of a .zip file."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: dict[str, bytes], kind: int = zipfile.ZIP_STORED) -> bytes:
    """Return a .zip file of these members, the same bytes each time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", kind) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, kind)
    return out.getvalue()


def bomb(name: str, start: bytes, zeros: int) -> bytes:
    """Return a .zip file of one member: some bytes, then a number of MiB of zeros."""
    squeeze = zlib.compressobj(9, wbits=-15)
    first = squeeze.compress(start) + squeeze.flush(zlib.Z_FULL_FLUSH)
    # After a full flush nothing depends on what came before: one piece does for all.
    piece = squeeze.compress(bytes(2**20)) + squeeze.flush(zlib.Z_FULL_FLUSH)
    packed = first + piece * zeros + squeeze.flush()
    return _one_member(name.encode(), packed, len(start) + zeros * 2**20)


def _one_member(name: bytes, packed: bytes, size: int) -> bytes:
    size = min(size, 2**32 - 2)
    facts = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, 0, len(packed), size, len(name), 0)
    local = b"PK\x03\x04" + facts + name + packed
    central = b"PK\x01\x02" + struct.pack("<H", 20) + facts + struct.pack("<HHHII", 0, 0, 0, 0, 0)
    central += name
    places = struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + b"PK\x05\x06" + places


def joined(first: bytes, second: bytes) -> bytes:
    """Return one .zip file with the members of two, those of the second as they are packed."""
    parts, ends = [], []
    for content in (first, second):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            start = archive.start_dir
            parts.append((content[:start], content[start : content.rindex(b"PK\x05\x06")]))
            ends.append(len(archive.namelist()))
    shift = len(parts[0][0])
    moved = _moved(parts[1][1], shift)
    data, central = parts[0][0] + parts[1][0], parts[0][1] + moved
    count = sum(ends)
    tail = struct.pack("<HHHHIIH", 0, 0, count, count, len(central), len(data), 0)
    return data + central + b"PK\x05\x06" + tail


def _moved(central: bytes, shift: int) -> bytes:
    """Return the one entry of a central directory, its member further back."""
    at = struct.unpack_from("<I", central, 42)[0]
    return central[:42] + struct.pack("<I", at + shift) + central[46:]
