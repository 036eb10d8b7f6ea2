"""Feature files that nobody should believe, always the same ones."""

import io
import json
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.parquet

from edgewise.features import FeatureTable, HogConfig, save_features

from .damage import EXTREMES, NOT_JSON, bent, cut, flipped
from .npy_files import bomb, header, headers, joined, members, zipped
from .shards import hostile_shards

CONFIG = HogConfig(cell=4, block=1)
SIZE = (8, 8)
SUFFIXES = (".npz", ".npy", ".csv", ".svm", ".parquet")
CUTS, FLIPS = 10, 24
# Whether what stands in a row belongs there.
SVM_LINES = (
    "0 1000000000000:1", "0 99999999999999999999:1", "0 2147483648:1", "0 37:1", "0 0:1", "0 -1:1",
    "0 1:nan", "0 1:inf", "0 1:1e400", "0 1:-1e39", "0 1:", "0 :1", "0 1", "1:1", "x 1:1", "0 1:x",
    "0 2:1 1:1", "0 1:1 1:2", "0 qid:7 1:1", "0 1:1 # more", "# nothing", "", "\0", "0 1:1:1",
    "1e400 1:1", "nan 1:1", "0,1 1:1", "9999999999999999999999 1:1", "0 " + "1:1 " * 50_000,
    "0\t1:1", "0 1:\uff11", "0 1:0x10", "0 1:1_0", "0 1.5:1",
)  # fmt: skip
CSV_ROWS = (
    "", ",", '"', "a", "a,b", "a,b,c", "a,b,nan", "a,b," + ",".join(["nan"] * 36),
    "a,b," + ",".join(["inf"] * 36), "a,b," + ",".join(["1e400"] * 36),
    "a,b," + ",".join(["1e39"] * 36), "a,b," + ",".join(["1_0"] * 36),
    "a,b," + ",".join(["\uff11"] * 36), "a,b," + ",".join(["0x1"] * 36), "a,b," + "," * 35,
    "a,b," + "1," * 35 + "1,1", "a,b" + ",1" * 100_000, "a,other" + ",1" * 36, "\0,b" + ",1" * 36,
    "a,=1+1" + ",1" * 36, "'=a,'=b" + ",1" * 36, '"' + "x" * 200_000 + '",b' + ",1" * 36,
    '"open' + ",1" * 36, "a,b" + ",1" * 36 + "\r\r", "x" * 70_000 + ",ant" + ",1" * 36,
)  # fmt: skip
CSV_HEADERS = (
    "", "name", "name,label", "label,name", "name,name,h0", "path,label", "name,label,h0",
    "name,label," + ",".join(f"h{k}" for k in range(35)), "\ufeffname,label", '"name', "\0",
    "name,label" + ",h0" * 36, "# edgewise ", "# edgewise {}", "# edgewise []", "# edgewise 0",
    "# edgewise " + "[" * 100_000,
)  # fmt: skip


def hostile_features() -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of each file, some thousands.

    A name with a folder is of a folder of shards, whose files follow one another.
    Those of a ``.npy``, ``.csv`` or ``.svm`` file have a ``.json`` beside them, which
    follows. Nothing is wrong with what begins with ``good``.
    """
    good = {suffix: saved(suffix) for suffix in SUFFIXES}
    for suffix, files in good.items():
        yield from _named("good", suffix, files)
        for number, content in enumerate(_spoiled(suffix, files[0])):
            yield from _named(f"{suffix[1:]}-{number:04}", suffix, [content, *files[1:]])
        for number, content in enumerate(_spoiled_beside(suffix, files)):
            yield from _named(f"{suffix[1:]}-json-{number:04}", suffix, [files[0], content])
    yield from hostile_shards()


def saved(suffix: str) -> list[bytes]:
    """Return a feature file and, where there is one, the .json beside it."""
    with tempfile.TemporaryDirectory() as place:
        save_features(Path(place, f"f{suffix}"), small_table())
        return [path.read_bytes() for path in sorted(Path(place).iterdir())]


def small_table() -> FeatureTable:
    """Return three pictures' vectors, and a fourth that failed."""
    rows = [[0, 0, 8, 8], [-1, 1, 0, 0], [1, 1, 8, 8], [2, 0, 9, 8]]
    return FeatureTable(
        X=np.random.default_rng(0).random((3, CONFIG.length(*SIZE)), np.float32),
        names=("a.png", "größe.png", "c.png"),
        labels=("ant", "bee", "ant"),
        classes=("ant", "bee"),
        config=CONFIG,
        size=SIZE,
        channels=3,
        failed=(("bad.png", "the file is empty"),),
        inputs=np.array(rows, np.int32),
    )


def _named(stem: str, suffix: str, files: list[bytes]) -> Iterator[tuple[str, bytes]]:
    for end, content in zip(("", ".json"), files, strict=False):
        yield f"{stem}{suffix}{end}", content


def _spoiled(suffix: str, content: bytes) -> Iterator[bytes]:
    yield from cut(content, CUTS)
    yield from flipped(content, FLIPS)
    own = {".npz": _npz, ".npy": _npy, ".csv": _csv, ".svm": _svm, ".parquet": _parquet}
    yield from own[suffix](content)


def _spoiled_beside(suffix: str, files: list[bytes]) -> Iterator[bytes]:
    for content in files[1:]:
        yield from NOT_JSON
        yield from cut(content, CUTS)
        yield from flipped(content, FLIPS)
        # One code reads them all: one of them has them all.
        yield from bent(json.loads(content), 4 if suffix == ".npy" else 1)


def _npy(content: bytes) -> Iterator[bytes]:
    yield from (start + content[128:] for start in headers())


def _npz(content: bytes) -> Iterator[bytes]:
    parts = members(content)
    for name, member in parts.items():
        yield zipped({other: parts[other] for other in parts if other != name})
        yield zipped({**parts, name: member[:-1]})
        yield zipped({**parts, name: member}, zipfile.ZIP_LZMA)
    for number, start in enumerate(headers()):
        name = list(parts)[number % len(parts)]
        yield zipped({**parts, name: start + parts[name][128:]})
        yield zipped({**parts, "X.npy": start + parts["X.npy"][128:]}, zipfile.ZIP_DEFLATED)
    config = json.loads(str(np.load(io.BytesIO(content))["config"]))
    for text in (*NOT_JSON, *bent(config, 1)):
        yield zipped({**parts, "config.npy": _text(text.decode("latin1"))})
    for value in EXTREMES[:12]:
        yield zipped({**parts, "channels.npy": _text(value), "schema.npy": _text(value)})
    yield from _bombs(parts)


def _bombs(parts: dict[str, bytes]) -> Iterator[bytes]:
    huge = {
        "X.npy": header("{'descr': '<f4', 'fortran_order': False, 'shape': (28000000, 36), }"),
        "names.npy": header("{'descr': '<U1', 'fortran_order': False, 'shape': (1000000000,), }"),
        "classes.npy": header("{'descr': '<U3', 'fortran_order': False, 'shape': (300000000,), }"),
        "config.npy": header("{'descr': '<U1000000000', 'fortran_order': False, 'shape': (), }"),
        "failed.npy": header("{'descr': '<U0', 'fortran_order': False, 'shape': (4000000000, 2)}"),
    }
    for name, start in huge.items():
        others = zipped({other: parts[other] for other in parts if other != name})
        yield joined(others, bomb(name, start, 4000))
    long = np.array(["a", "x" * 10_000_000])
    yield zipped({**parts, "classes.npy": _array(long)}, zipfile.ZIP_DEFLATED)


def _text(text: str) -> bytes:
    return _array(np.array(text))


def _array(array: np.ndarray) -> bytes:
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


def _csv(content: bytes) -> Iterator[bytes]:
    lines = content.decode().splitlines()
    for row in CSV_ROWS:
        yield "\n".join([*lines, row]).encode()
        yield "\n".join([lines[0], row]).encode()
    for first in CSV_HEADERS:
        yield first.encode()
        yield "\n".join([first, *lines[1:]]).encode()
    yield from (start + b"\n" + content for start in (b"\xff\xfe", b"\0" * 9, b"#"))
    settings = json.loads(saved(".npy")[1])
    for text in (*NOT_JSON, *bent(settings, 1)):
        yield b"# edgewise " + text + b"\n" + content


def _svm(content: bytes) -> Iterator[bytes]:
    lines = content.decode().splitlines()
    for line in SVM_LINES:
        yield "\n".join([line, *lines[1:]]).encode() + b"\n"
    yield b"0\n" * 3_000_000
    yield content.replace(b"\n", b"\r")


def _parquet(content: bytes) -> Iterator[bytes]:
    table = pyarrow.parquet.read_table(io.BytesIO(content))
    facts = dict(table.schema.metadata)
    for text in (*NOT_JSON, *bent(json.loads(facts[b"edgewise"]), 1)):
        yield _stored(table.replace_schema_metadata({b"edgewise": text}))
    yield _stored(table.replace_schema_metadata(None))
    for name in table.column_names:
        at = table.column_names.index(name)
        yield _stored(table.drop_columns([name]))
        for values in _columns():
            yield _stored(table.set_column(at, name, values))


def _columns() -> Iterator[pyarrow.Array]:
    yield pyarrow.array([1, 2, 3])
    yield pyarrow.array([None, None, None], pyarrow.string())
    yield pyarrow.array(["a", None, "b"])
    yield pyarrow.array([b"a", b"\xff", b""])
    yield pyarrow.array([[0.5], [], None], pyarrow.list_(pyarrow.float32()))
    yield pyarrow.array([[1] * 36] * 3)
    yield pyarrow.array(
        [[float("nan")] * 36, None, [1.0] * 36], pyarrow.list_(pyarrow.float32(), 36)
    )
    yield pyarrow.array([[["a"]], [["b"]], []])
    yield pyarrow.array([{"a": 1}] * 3)
    yield pyarrow.array([True, False, None])


def _stored(table: pyarrow.Table) -> bytes:
    out = io.BytesIO()
    pyarrow.parquet.write_table(table, out)
    return out.getvalue()
