"""Hostile manifests and lists: whatever a table of pictures may hold."""

import json
from collections.abc import Iterator

DEEP = 100_000
PATHS = (
    "/dev/zero", "/dev/tty", "/dev", "", " ", "\0", "a\0b", "\ud800", "a" * 300,
    "x/" * 3000, "*.png", "@list.txt", "-", "digits", "~", "\x1b[31mred.png", "a\nb.png",
    "=1+1.png", "\u202egnp.exe", "NaN", "1e400", "é.png", "e\u0301.png",
)  # fmt: skip
VALUES = (
    "null", "true", "1e400", "-0", "NaN", "Infinity", "9" * 5000, "[]", "{}", '"\\ud800"',
    '{"a": 1}', '""', '"' + "x" * 100_000 + '"', "[" * DEEP, "[" * DEEP + "]" * DEEP,
    '{"a":' * DEEP,
)  # fmt: skip


def hostile_manifests() -> Iterator[tuple[str, bytes]]:
    """Yield (file name, content)."""
    for number, path in enumerate(PATHS):
        encoded = path.encode(errors="surrogatepass")
        yield f"path-{number:03}.csv", b'path,label\n"' + encoded + b'",x\nb.png,y\n'
        yield f"path-{number:03}.tsv", b"path\tlabel\n" + encoded + b"\tx\nb.png\ty\n"
        row = json.dumps({"path": path, "label": "x"}).encode()
        yield f"path-{number:03}.jsonl", row + b"\n"
        yield f"path-{number:03}.txt", encoded + b"\n"
    for number, value in enumerate(VALUES):
        for key in ("path", "label", "split", "group"):
            others = '"path": "a.png", ' if key != "path" else ""
            line = f'{{{others}"{key}": {value}}}\n'
            yield f"value-{key}-{number:03}.jsonl", line.encode()
        yield f"whole-{number:03}.jsonl", value.encode()
    yield from _tables()


def _tables() -> Iterator[tuple[str, bytes]]:
    contents = {
        "empty": b"", "newlines": b"\n" * 99, "zeros": bytes(999), "bom": b"\xef\xbb\xbf",
        "utf-16": "path,label\na.png,x\n".encode("utf-16"), "latin": b"path,label\n\xe9.png,x\n",
        "high": bytes(range(128, 256)), "all": bytes(range(256)),
        "quote": b'path,label\n"a.png,x\n',
        "header": b"path,label\n", "twice": b"path,path,label,label\na,b,c,d\n",
        "short": b"path,label\na.png\n", "longer": b"path,label\na.png,x,y,z\n",
        "field": b"path,label\n" + b"x" * 200_000 + b",y\n", "cr": b"path,label\ra.png,x\r",
        "columns": b"path," + b"c," * 50_000 + b"label\na.png,x\n", "commas": b"," * 100_000,
        "formula": b"path,label\na.png,=cmd|' /C calc'!A0\n", "nul": b"path,label\na\0.png,\0\n",
        "half": b"path,label\na.png,x\nb.png,\n", "quotes": b'"' * 9999,
    }  # fmt: skip
    for name, content in contents.items():
        for suffix in ("csv", "tsv", "jsonl", "txt"):
            yield f"{name}.{suffix}", content.replace(b",", b"\t") if suffix == "tsv" else content
