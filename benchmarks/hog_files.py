"""HoG of files: whole commands, from thousands of pictures on disk to features on disk.

The JPEGs are pieces of 500x375 pixels, cut at random from the photographs that
come with the package. Edgewise's times hold everything: starting, listing,
decoding, HoG and writing. The peers are loops in processes that run already;
they keep their vectors in memory. Decoding alone is Pillow in as many threads as
cores. The workers of a Dask cluster, of one thread each, run already too.
"""

import io
import os
import subprocess
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from logging import ERROR
from pathlib import Path

import cv2
import joblib
import numpy as np
from distributed import Client, LocalCluster
from PIL import Image
from skimage.feature import hog as skimage_hog

from edgewise.sample_images import photographs

from .processes import edgewise
from .timing import Row, compare, wanting

AVAILABLE = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else {0}
CORES = os.cpu_count() or 1
PIECE = (500, 375)
MANY, FEW = 5_000, 2_000


def run(repeat: int) -> list[Row]:
    """Time thousands of JPEGs, shrunk and at full size, and growth with processes."""
    rounds = min(repeat, 3)
    with tempfile.TemporaryDirectory() as place:
        many, few = Path(place, "many"), Path(place, "few")
        write_pieces(many, MANY)
        write_pieces(few, FEW)
        rows = _shrunk(many, rounds) + _whole(few, rounds)
        growth, cluster = _growth(many, rounds)[0], _cluster(many, rounds)[0]
        work = f"{MANY:,} JPEGs at full size to shards, 1 Dask worker, 1 core"
        ratio = growth.peer_s / cluster.peer_s
        worker = Row(work, growth.peer, cluster.peer_s, growth.peer_s, ratio)
        rows = wanting(rows, {"to 64x128": 1.3, "| Pillow and": 20, "| decoding alone": 0.5})
        return [*rows, growth, cluster, worker]


def write_pieces(folder: Path, count: int) -> None:
    """Write JPEGs cut at random from the sample photographs."""
    rng = np.random.default_rng(0)
    sources = [Image.open(path).convert("RGB") for path in photographs()]
    sources = [image for image in sources if image.width >= 500 and image.height >= 375]
    folder.mkdir()
    for number in range(count):
        image = sources[number % len(sources)]
        left = rng.integers(image.width - PIECE[0] + 1)
        top = rng.integers(image.height - PIECE[1] + 1)
        piece = image.crop((left, top, left + PIECE[0], top + PIECE[1]))
        piece.save(folder / f"{number:05}.jpg", quality=85)


def command(*words: str | Path) -> list[str]:
    """Return the words of a command of the installed Edgewise."""
    return edgewise("hog", "-q", *words)


def _run(*words: str | Path) -> Callable[[], None]:
    def call() -> None:
        subprocess.run(command(*words, "--overwrite"), check=True)

    return call


def _shrunk(folder: Path, rounds: int) -> list[Row]:
    paths = sorted(map(str, folder.iterdir()))

    def theirs() -> list:
        with ThreadPoolExecutor(CORES) as pool:
            parts = [paths[start::CORES] for start in range(CORES)]
            return list(pool.map(_opencv_each, parts))

    return compare(
        f"{MANY:,} JPEGs of 500x375 to 64x128, preset dalal-triggs",
        _run(folder, "-o", folder.with_suffix(".npy"), "--size", "64x128"),
        {f"OpenCV: imread, resize, compute; {CORES} threads": theirs},
        rounds,
    )


def _opencv_each(paths: list[str]) -> list:
    descriptor = cv2.HOGDescriptor()
    return [
        descriptor.compute(cv2.resize(cv2.imread(path), (64, 128), interpolation=cv2.INTER_AREA))
        for path in paths
    ]


def _whole(folder: Path, rounds: int) -> list[Row]:
    paths = sorted(map(str, folder.iterdir()))

    def theirs() -> list:
        parts = [paths[start :: CORES * 4] for start in range(CORES * 4)]
        return joblib.Parallel(n_jobs=CORES)(joblib.delayed(_skimage_each)(part) for part in parts)

    def decoding() -> None:
        with ThreadPoolExecutor(CORES) as pool:
            list(pool.map(_decode, paths))

    return compare(
        f"{FEW:,} JPEGs of 500x375 at full size, preset dalal-triggs",
        _run(folder, "-o", folder.with_suffix(".npy")),
        {
            f"Pillow and scikit-image, {CORES} processes": theirs,
            f"decoding alone, Pillow, {CORES} threads": decoding,
        },
        rounds,
    )


def _decode(path: str) -> None:
    np.asarray(Image.open(io.BytesIO(Path(path).read_bytes())))


def _skimage_each(paths: list[str]) -> list:
    return [
        skimage_hog(np.asarray(Image.open(path)), cells_per_block=(2, 2), channel_axis=2).astype(
            np.float32
        )
        for path in paths
    ]


def _growth(folder: Path, rounds: int) -> list[Row]:
    """Time the same shards with one process on one core, and with one on each."""

    def with_processes(count: int) -> Callable[[], None]:
        def call() -> None:
            with tempfile.TemporaryDirectory(dir=folder.parent) as place:
                words = command(folder, "-o", f"{place}/shards/", "--shard-size", "50", "-j", "1")
                running = [
                    subprocess.Popen(
                        [*words, "--shard", f"{n + 1}/{count}"],
                        env={**os.environ, "NUMBA_NUM_THREADS": "1"},
                        stderr=subprocess.DEVNULL,
                        preexec_fn=partial(stay_on, n),
                    )
                    for n in range(count)
                ]
                if any(process.wait() for process in running):
                    raise RuntimeError("a process that extracts a part failed")

        return call

    return compare(
        f"{MANY:,} JPEGs at full size to shards, {CORES} processes, a core each",
        with_processes(CORES),
        {"Edgewise, 1 process, 1 core": with_processes(1)},
        rounds,
    )


def _cluster(folder: Path, rounds: int) -> list[Row]:
    """Time the same shards on a Dask cluster of one worker, and of one on each core."""

    def on(workers: LocalCluster) -> Callable[[], None]:
        def call() -> None:
            with tempfile.TemporaryDirectory(dir=folder.parent) as place:
                shards = (folder, "-o", f"{place}/shards/", "--shard-size", "50")
                words = command(*shards, "--dask", workers.scheduler_address)
                subprocess.run(words, check=True)

        return call

    with _workers(CORES) as all_cores, _workers(1) as one:
        return compare(
            f"{MANY:,} JPEGs at full size to shards, {CORES} Dask workers, a core each",
            on(all_cores),
            {"Edgewise, 1 Dask worker, 1 core": on(one)},
            rounds,
        )


def _workers(count: int) -> LocalCluster:
    cluster = LocalCluster(
        n_workers=count, threads_per_worker=1, dashboard_address=":0", silence_logs=ERROR
    )
    with Client(cluster) as client:
        for core, address in enumerate(client.scheduler_info()["workers"]):
            client.run(stay_on, core, workers=[address])
    return cluster


def stay_on(core: int) -> None:
    """Keep this process and all its threads on one core, where the system can do so.

    Else one process would use the others too: one thread reads while another
    computes.
    """
    if hasattr(os, "sched_setaffinity"):
        for thread in os.listdir("/proc/self/task"):
            os.sched_setaffinity(int(thread), {sorted(AVAILABLE)[core % len(AVAILABLE)]})
