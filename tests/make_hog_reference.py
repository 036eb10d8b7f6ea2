"""Make hog_reference.npz: the numbers of dlib and VLFeat on small pictures.

Needs a C++ compiler, dlib (Debian: libdlib-dev) and VLFeat (libvlfeat1):

    python tests/make_hog_reference.py

The tests read the file and need neither. dlib writes its 18 directions with four
digits, and so puts some gradients next to an edge between two of them into the
other; and of equally strong colours its vectorised and its other columns use
different ones. Its pictures here have no such pixel.
"""

import ctypes
import math
import subprocess
import tempfile
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
# Rows, columns, channels, cell. Cells that do not fill the picture, and cells
# that reach beyond it.
DLIB = [(40, 48, 1, 8), (29, 35, 1, 4), (26, 45, 1, 6), (24, 32, 3, 4), (31, 27, 3, 5)]
# Rows, columns, channels, cell, bins.
VLFEAT = [(40, 48, 1, 8, 9), (29, 35, 3, 4, 9), (37, 50, 1, 6, 7), (26, 30, 3, 5, 12)]
DALAL_TRIGGS = 0


def random_picture(random, shape):
    rows, columns, channels = shape[:3]
    picture = random.integers(0, 256, (rows, columns, channels), dtype=np.uint8)
    return picture[:, :, 0] if channels == 1 else picture


def is_plain(picture):
    """Tell whether no gradient is near an edge between bins, nor two channels equally strong."""
    image = np.float64(picture if picture.ndim == 3 else picture[:, :, None])
    gx = image[1:-1, 2:] - image[1:-1, :-2]
    gy = image[2:, 1:-1] - image[:-2, 1:-1]
    length = np.sort(np.hypot(gx, gy), axis=2)
    if length.shape[2] > 1 and (length[:, :, -1] == length[:, :, -2]).any():
        return False
    from_edge = (np.degrees(np.arctan2(gy, gx)) + 10) % 20
    near = np.minimum(from_edge, 20 - from_edge) < math.degrees(2e-4)
    # Upright gradients lie upon an edge, and both know it.
    return not (near & (gx != 0)).any()


def of_dlib(program, picture, cell):
    shape = (*picture.shape, 1)[:3]
    values = subprocess.run(
        [program, *map(str, shape), str(cell)],
        input=picture.tobytes(), stdout=subprocess.PIPE, check=True,
    ).stdout  # fmt: skip
    return np.frombuffer(values, np.float32)


def of_vlfeat(picture, cell, bins):
    library = ctypes.CDLL("libvl.so.1")
    library.vl_hog_new.restype = ctypes.c_void_p
    planes = np.ascontiguousarray(np.atleast_3d(picture).transpose(2, 0, 1), np.float32)
    size = [ctypes.c_size_t(n) for n in (planes.shape[2], planes.shape[1], planes.shape[0], cell)]
    hog = ctypes.c_void_p(library.vl_hog_new(DALAL_TRIGGS, ctypes.c_size_t(bins), 0))
    library.vl_hog_put_image(hog, planes.ctypes.data_as(ctypes.c_void_p), *size)
    names = ("dimension", "height", "width")
    shape = [getattr(library, f"vl_hog_get_{name}")(hog) for name in names]
    values = np.empty(shape, np.float32)
    library.vl_hog_extract(hog, values.ctypes.data_as(ctypes.c_void_p))
    library.vl_hog_delete(hog)
    return values.transpose(1, 2, 0).ravel()


def main():
    random, arrays = np.random.default_rng(2005), {}
    with tempfile.TemporaryDirectory() as folder:
        program = str(Path(folder) / "fhog_of_dlib")
        source = str(HERE / "fhog_of_dlib.cpp")
        options = ["-O2", "-std=c++14", "-DDLIB_NO_GUI_SUPPORT", "-ldlib"]
        subprocess.run(["g++", source, "-o", program, *options], check=True)
        for k, shape in enumerate(DLIB):
            picture = random_picture(random, shape)
            while not is_plain(picture):
                picture = random_picture(random, shape)
            arrays |= {f"dlib.{k}.picture": picture, f"dlib.{k}.cell": shape[3]}
            arrays[f"dlib.{k}.values"] = of_dlib(program, picture, shape[3])
    for k, shape in enumerate(VLFEAT):
        picture = random_picture(random, shape)
        arrays |= {f"vlfeat.{k}.picture": picture, f"vlfeat.{k}.cell": shape[3]}
        arrays[f"vlfeat.{k}.bins"] = shape[4]
        arrays[f"vlfeat.{k}.values"] = of_vlfeat(picture, shape[3], shape[4])
    np.savez_compressed(HERE / "hog_reference.npz", **arrays)


if __name__ == "__main__":
    main()
