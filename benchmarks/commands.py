"""Whole commands on files: one picture, large pictures, and many photographs.

    python -m benchmarks commands

Against libvips' and ImageMagick's own commands; a row says so where they are not
installed. The photographs have grain; of a picture that is tiled, PNG is smaller and
vips faster. Times hold everything from start to end, in the first row less what starting
Python with NumPy and Pillow takes. The loops are compiled already. `vips gaussblur`
cuts its kernel off at a fifth of its height, ours reaches 4 sigmas. mogrify has
no Sobel magnitude in one operation: shown is its correlation with one of the two kernels. The
loop over `vips sobel` runs two processes at a time. Memory is the peak of the whole
process, of Edgewise less the pixels of input and output.

Of a folder's time two thirds are PNG; tried for it, on 560 kB of Sobel edges, with
other work on the machine: Pillow's fastest 20 ms, Pillow's zlib-ng without its
row filters 5.3, zlib level 1 12.6, Z_RLE 4.6 (kept), Z_HUFFMAN_ONLY 4.2 (no runs),
smaller windows and tables of zlib 7 to 37, a Huffman coder in Numba 6.8 where
zlib took 5.7 (and 41 in NumPy, which single pictures would need for the same
bytes). Of a small picture's time most is starting Python, NumPy and Pillow.
"""

import shutil
import statistics
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from .pictures import COLOURS, photograph, tiled, write_idx, write_photographs
from .processes import edgewise, peer, python, start, starting, used
from .timing import Row, beyond, compare, wanting

Image.MAX_IMAGE_PIXELS = None
COUNT, INSPECTED = 300, 10_000
BEYOND_PIXELS = 150 << 20


@dataclass(frozen=True)
class Work:
    """A chain on large pictures, and how many times vips' time 12 and 100 megapixels may take."""

    chain: str
    kind: str
    vips: tuple[str, ...]
    times: tuple[float, float]


LARGE = (
    Work("sobel", "jpg", ("sobel",), (1.5, 1.0)),
    Work("gaussian:2", "png", ("gaussblur", "2"), (1.1, 0.9)),
)


def run(repeat: int) -> list[Row]:
    """Time starting, one picture, large ones and a folder, and measure memory."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        return [
            *_small(place, max(repeat, 15)),
            *_large(place, (3000, 4000), 0, repeat),
            *_large(place, (10_000, 10_000), 1, min(repeat, 3)),
            *_folder(place, min(repeat, 5)),
            *wanting(_inspecting(place), {"inspect": 0.9}),
        ]


def _filter(chain: str, source: Path, target: Path) -> list[str]:
    return edgewise("filter", chain, source, "-o", target, "--overwrite")


def _vips(operation: tuple[str, ...], source: Path, target: Path) -> list[str]:
    name, *settings = operation
    return ["vips", name, str(source), str(target), *settings]


def _small(place: Path, repeat: int) -> list[Row]:
    """Time pictures of 512x512."""
    source, target = place / "small.png", place / "small-out.png"
    Image.fromarray(photograph(512, 512, "gray")).save(source)
    rows = []
    for chain, operation in (("sobel", ("sobel",)), ("median:5", ("rank", "5", "5", "12"))):
        ours = starting(_filter(chain, source, target))
        theirs = peer(_vips(operation, source, target))
        name = f"{chain} of 512x512, file to file"
        rows += compare(name, ours, {f"vips {operation[0]}": theirs}, repeat)
    bare = {"python -c 'import numpy, PIL.Image'": starting(python("import numpy, PIL.Image"))}
    started = compare("median:5 of 512x512, file to file", ours, bare, repeat)
    first = beyond(started[0], "import numpy, PIL.Image").at_most(0.1, "value")
    return [first, *started, *(row.at_most(2.1) for row in rows)]


def _large(place: Path, shape: tuple[int, int], which: int, repeat: int) -> list[Row]:
    """Time pictures of one size, of all types and colours, and measure their memory."""
    megapixels = f"{shape[0] * shape[1] / 1e6:.0f} MP"
    rows = []
    for colour in COLOURS:
        image = Image.fromarray(photograph(*shape, colour))
        for work in LARGE:
            rows += _one_large(place, work, image, f"{megapixels} {colour}", which, repeat)
    image = Image.fromarray(tiled(*shape))
    return rows + _one_large(place, LARGE[1], image, f"{megapixels} gray, tiled", which, repeat)


def _one_large(
    place: Path, work: Work, image: Image.Image, what: str, which: int, repeat: int
) -> list[Row]:
    source, target = place / f"large.{work.kind}", place / f"large-out.{work.kind}"
    image.save(source, **({"quality": 90} if work.kind == "jpg" else {"compress_level": 6}))
    name = f"{work.chain} of {what}, {work.kind} to {work.kind}"
    ours = _filter(work.chain, source, target)
    theirs = _vips(work.vips, source, target)
    rows = compare(name, starting(ours), {f"vips {work.vips[0]}": peer(theirs)}, repeat)
    pixels = 2 * image.width * image.height * len(image.getbands())
    return [rows[0].at_most(work.times[which]), _memory(name, ours, theirs, pixels)]


def _memory(name: str, ours: list[str], theirs: list[str], pixels: int) -> Row:
    """Measure the peak beyond the pixels of input and output."""
    most = used(ours).memory - pixels
    name = f"{name}: peak memory beyond in and out ({pixels >> 20} MiB)"
    if not shutil.which(theirs[0]):
        return Row(name, "vips: not installed", most, 0.0, 0.0, "bytes")
    peak = used(theirs).memory
    row = Row(name, "vips, whole peak", most, peak, peak / max(1, most), "bytes")
    return row.at_most(BEYOND_PIXELS, "value")


def _folder(place: Path, repeat: int) -> list[Row]:
    """Time a folder of photographs."""
    source, out = place / "photographs", place / "out"
    source.mkdir()
    write_photographs(source, COUNT)
    ours = " ".join(edgewise("filter", "sobel", source, "-o", out, "--format", "png", "-q"))
    loop = f"ls {source} | sed 's/.jpg$//' | xargs -P 2 -I% vips sobel {source}/%.jpg {out}/%.png"
    mogrify = f"mogrify -path {out} -format png -morphology Convolve Sobel {source}/*.jpg"
    peers = {
        "loop over vips sobel, 2 processes": _shell("vips", loop, out),
        "mogrify": _shell("mogrify", mogrify, out),
    }
    name = f"{COUNT} photographs of 500x375, JPEG to Sobel PNG"
    by_vips, by_mogrify = compare(name, _shell("bash", ours, out), peers, repeat)
    return [by_vips.at_least(6), by_mogrify.at_least(10)]


def _shell(program: str, line: str, out: Path) -> Callable[[], None] | None:
    def call() -> None:
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        start(["bash", "-c", line])

    return call if shutil.which(program) else None


def _inspecting(place: Path) -> list[Row]:
    """Measure what threads of a linear algebra library cost `inspect`, in CPU time."""
    words = edgewise("inspect", write_idx(place / "random-images-idx3-ubyte", INSPECTED))
    used(words)
    pairs = [(used(words).cpu_s, used(words, OPENBLAS_NUM_THREADS="1").cpu_s) for _ in range(3)]
    all_threads, one = (statistics.median(seconds) for seconds in zip(*pairs, strict=True))
    ratio = statistics.median(few / many for many, few in pairs)
    return [
        Row(
            f"inspect, {INSPECTED:,} pictures of 28x28, CPU time",
            "one BLAS thread",
            all_threads,
            one,
            ratio,
        )
    ]
