"""The forty commands, as a user types them.

Each writes into a folder of its own name, and reads `sample_images`, `made` (see
`inputs.py`), and what commands before it have written.
"""

from typing import NamedTuple


class Command(NamedTuple):
    """Words after `edgewise`, and the file on its stdin."""

    words: str
    stdin: str | None = None


SAMPLES = "sample_images"
TRAIN, TEST = f"{SAMPLES}/fashion/train", f"{SAMPLES}/fashion/test"
BAGS = f"{TEST}/bag"

FILTERS = {
    "edges": Command(f"filter gaussian:1.5,sobel {SAMPLES}/chelsea.png -o edges/e.png --gray"),
    "pooling": Command(
        f"filter maxpool:3:stride=2,avgpool:2,medianpool:2 {SAMPLES}/coffee.png -o pooling/p.png"
    ),
    "median": Command(f"filter median:5,unsharp:2 {SAMPLES}/coins.png -o median/m.webp"),
    "canny": Command(f"filter canny {SAMPLES}/camera.png -o canny/c.png --compress 6"),
    "otsu": Command(f"filter box:3,otsu {SAMPLES}/coins.png -o otsu/o.pgm"),
    "deep": Command("filter gaussian:2,sharpen made/deep.png -o deep/d.png"),
    "to-deep": Command(f"filter motion:7 {SAMPLES}/brick.png -o to-deep/d.tif --depth 16"),
    "alpha": Command("filter laplacian:8 made/alpha.png -o alpha/a.png --range abs"),
    "shift": Command(
        f"filter '[-1 0 1; -2 0 2; -1 0 1]' {SAMPLES}/chelsea.png -o shift/s.png "
        "--range shift --flip --stride 2/3 --padding valid --dilation 2"
    ),
    "rescale": Command(
        f"filter gabor:9,local-contrast:5 {SAMPLES}/rocket.jpg -o rescale/r.png --range rescale"
    ),
    "float": Command(f"filter log:2 {SAMPLES}/camera.png -o float/f.tif --range float"),
    "float-npy": Command("filter guided:4,lcn:5 made/float.npy -o float-npy/f.npy --range float"),
    "piped": Command("filter maxpool:4 - -o -", f"{SAMPLES}/chelsea.png"),
    "folder": Command(
        f"filter @made/kernel.txt:border=renormalize,bilateral:2 {BAGS} -o folder/out "
        "--format jpg --quality 85"
    ),
    "failures": Command("filter prewitt made/mixed -o failures/out --border wrap"),
}

FEATURES = {
    "hog-npz": Command(f"hog {TEST} -o hog-npz/f.npz"),
    "hog-npy": Command(f"hog {BAGS} -o hog-npy/f.npy --preset opencv --size 32x32 --json"),
    "hog-csv": Command(f"hog {BAGS} -o - --preset felzenszwalb --cell 4"),
    "hog-svm": Command(f"hog {TEST} -o hog-svm/f.svm --preset vlfeat --size 35x28 --fit pad"),
    "hog-parquet": Command(f"hog {TEST} -o hog-parquet/f.parquet --preset skimage --cell 7"),
    "hog-shards": Command(f"hog {TEST} -o hog-shards/f/ --cell 7 --signed --shard-size 80"),
    "hog-windows": Command(
        f"hog {SAMPLES}/astronaut.png -o hog-windows/f.npz --window 64x128 --window-stride 32x32"
    ),
    "hog-picture": Command(f"hog {SAMPLES}/camera.png --picture hog-picture/h.png --cell 16"),
}

TRAINING = {
    "linear": Command(f"train linear {TRAIN} -o linear/m.safetensors"),
    "svm": Command(f"train linear {TEST} -o svm/m.safetensors --model svm --cell 7 --cv 3"),
    "parts": Command(
        f"train linear {TEST} -o parts/m.safetensors --features hog:cell=7,pixels:7x7 "
        "--copies flip --json"
    ),
    "mapped": Command(
        f"train linear {TEST} -o mapped/m.safetensors --cell 7 --kernel-map rbf:60 --search"
    ),
    "calibrated": Command(
        "train linear hog-npz/f.npz -o calibrated/m.safetensors --model svm --calibrate platt"
    ),
    "cnn": Command(
        f"train cnn {TEST} -o cnn/m.safetensors --epochs 2 --history cnn/h.csv "
        "--augment shift:1,flip --validation 0.2"
    ),
    "cnn-digits": Command(
        "train cnn digits -o cnn-digits/m.safetensors --epochs 1 --optimizer adamw --json "
        "--network conv:8:3,batchnorm,relu,maxpool:2,flatten,dense:classes"
    ),
}

JUDGING = {
    "evaluate": Command(
        f"evaluate linear/m.safetensors {TEST} --json --predictions evaluate/p.csv --top 2"
    ),
    "report": Command(f"evaluate cnn/m.safetensors {TEST} --report report/r"),
    "predict": Command(f"predict svm/m.safetensors {BAGS} --copy-to predict/sorted"),
    "predict-piped": Command("predict cnn/m.safetensors - --json --top 3", f"{BAGS}/03.png"),
    "compare": Command(f"compare {TEST} -o compare/c --epochs 2 --points 2"),
}

SHOWING = {
    "kernels": Command("kernels gaussian:1.5 --json"),
    "inspect": Command(f"inspect hog-npz/f.npz linear/m.safetensors {TEST} --json"),
    "split": Command("inspect made/twins --write-split split/s.csv --share 0.4"),
    "network": Command("show network cnn/m.safetensors --json"),
    "onnx": Command("export cnn/m.safetensors -o onnx/m.onnx"),
}

COMMANDS = FILTERS | FEATURES | TRAINING | JUDGING | SHOWING
