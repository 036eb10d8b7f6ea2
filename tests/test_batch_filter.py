"""Many pictures, large pictures, and interruptions."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from processes import HANGS, start_edgewise, when_there

from edgewise import EdgewiseError, apply, read_image, write_image
from edgewise.cli.main import run
from edgewise.filters import columns, runner, stages
from edgewise.filters import pictures as filtered
from edgewise.filters.chain import compile_chain
from edgewise.filters.pictures import filter_picture
from edgewise.images.pipeline import Pipeline, Stoppable, StoppedError

RNG = np.random.default_rng(12)


def pictures(folder, count, shape=(20, 30, 3)):
    for i in range(count):
        write_image(folder / f"{i:03}.png", RNG.integers(0, 256, shape).astype(np.uint8))
    return folder


@pytest.mark.parametrize("count", [3, 20])
def test_a_batch_gives_what_single_pictures_give(tmp_path, count):
    source = pictures(tmp_path / "in", count)
    chain = "gaussian:1,sobel,box:3"
    assert_array_equal(run(["filter", chain, str(source), "-o", str(tmp_path / "out")]), 0)
    assert_array_equal(len(os.listdir(tmp_path / "out")), count)
    for name in os.listdir(source):
        expected = apply(chain, read_image(source / name), dtype=np.uint8)
        assert_array_equal(read_image(tmp_path / "out" / name), expected)
        one = tmp_path / "one.png"
        run(["filter", chain, str(source / name), "-o", str(one), "--overwrite"])
        assert_array_equal(one.read_bytes() == (tmp_path / "out" / name).read_bytes(), True)


@pytest.mark.parametrize("jobs", ["1", "2", "7"])
def test_the_number_of_jobs_does_not_matter(tmp_path, jobs):
    source = pictures(tmp_path / "in", 9)
    run(["filter", "sobel", str(source), "-o", str(tmp_path / "a")])
    run(["filter", "sobel", str(source), "-o", str(tmp_path / "b"), "-j", jobs])
    for name in os.listdir(source):
        same = (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
        assert_array_equal(same, True)


def test_lists_globs_and_folders_together(tmp_path, monkeypatch):
    source = pictures(tmp_path / "in", 4)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.txt").write_text(f"{source / '000.png'}\n{source / '001.png'}\n")
    words = ["filter", "box", "@list.txt", "in/00[23].png", "-o", "out", "--format", "jpg"]
    assert_array_equal(run([*words, "--quality", "50"]), 0)
    assert_array_equal(sorted(os.listdir("out")), [f"00{i}.jpg" for i in range(4)])


def test_skip_existing_resumes(tmp_path, capsys):
    source = pictures(tmp_path / "in", 4)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "002.png").write_bytes(b"mine")
    words = ["filter", "sobel", str(source), "-o", str(tmp_path / "out"), "--skip-existing"]
    assert_array_equal(run([*words, "--dry-run"]), 0)
    captured = capsys.readouterr()
    assert "3 to filter" in captured.out
    assert_array_equal(run(words), 0)
    assert "1 of 4 outputs exist already; left out" in capsys.readouterr().err
    assert_array_equal((tmp_path / "out" / "002.png").read_bytes(), b"mine")
    assert_array_equal(len(os.listdir(tmp_path / "out")), 4)
    assert_array_equal(run(words), 0)
    assert "4 of 4 outputs exist already" in capsys.readouterr().err


def test_verbose_tells_method_and_clipping(tmp_path, capsys):
    source = pictures(tmp_path / "in", 2)
    words = ["filter", "[-9 0 9]", str(source), "-o", str(tmp_path / "out"), "-v"]
    assert_array_equal(run(words), 0)
    lines = capsys.readouterr().err.splitlines()
    told = [line for line in lines if "3x1 kernel on 30x20 pixels: " in line]
    assert_array_equal(len(told), 1)
    assert_array_equal(sum("of the values clipped" in line for line in lines), 2)
    run(["filter", "box", str(source), "-o", str(tmp_path / "other")])
    assert_array_equal(capsys.readouterr().err, "")


def test_colliding_outputs_are_found_before_anything_is_written(tmp_path, capsys):
    for name in ("a.png", "a.jpg", "b.png"):
        write_image(tmp_path / "in" / name, np.zeros((4, 4), np.uint8))
    words = ["filter", "box", str(tmp_path / "in"), "-o", str(tmp_path / "o"), "--format", "png"]
    assert_array_equal(run(words), 1)
    assert "would both go to" in capsys.readouterr().err
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize(
    ("chain", "message"),
    [
        ("median:3:dilation=2", "it takes no dilation"),
        ("gray,canny:stride=2", "it takes no stride"),
        ("canny:100:50", "low=100.0 and high=50.0"),
        ("canny:sigma=-1", "sigma=-1.0 is not 0 or above"),
        ("canny:padding=valid", "padding=same only"),
        ("channel:alpha", "name=alpha is not red, green, blue"),
        ("laplacian:border=renormalize", "sum of the weights, which is 0"),
        ("sobel:border=renormalize", "sum of the weights, which is 0"),
        ("minimum:border=renormalize", "it takes no border renormalize"),
        ("percentile:200", "percent=200.0 is not from 0 to 100"),
        ("rescale:percent=70", "percent=70.0 is not from 0 to below 50"),
        ("equalize:-3", "white=-3.0 is not above 0"),
        ("maxpool:2:padding=5", "as wide as the pooling window"),
        ("box:fill=9", "fill is seen with border=constant only"),
        ("sobel:border=edge:fill=9", "fill is seen with border=constant only"),
        ("Blur", "no such filter; here it is gaussian, box or motion"),
        ("box:border=refect", 'no border "refect"; did you mean "reflect"?'),
    ],
)
def test_mistakes_that_spoil_all_pictures_are_found_before_any_is_read(
    tmp_path, capsys, chain, message
):
    words = ["filter", chain, str(tmp_path / "none.png"), "-o", str(tmp_path / "out.png")]
    assert_array_equal(run(words), 2)
    err = " ".join(capsys.readouterr().err.split())
    assert message in err
    assert "none.png" not in err


def test_a_fill_wants_a_border_that_shows_it(tmp_path, capsys):
    write_image(tmp_path / "a.png", np.full((4, 4), 100, np.uint8))
    words = ["filter", "box", str(tmp_path / "a.png"), "-o", str(tmp_path / "b.png"), "--fill", "1"]
    assert_array_equal(run(words), 2)
    assert "--fill is seen with --border constant only" in capsys.readouterr().err
    assert_array_equal(run([*words, "--border", "zero"]), 0)
    assert_array_equal(read_image(tmp_path / "b.png")[0], [45, 67, 67, 45])


@pytest.mark.parametrize(
    "chain", ["channel:2", "maxpool:9", "box:9:padding=valid", "gray,channel:1"]
)
def test_what_another_picture_may_allow_is_told_with_the_picture(tmp_path, capsys, chain):
    write_image(tmp_path / "a.png", np.zeros((4, 4), np.uint8))
    words = ["filter", chain, str(tmp_path / "a.png"), "-o", str(tmp_path / "out.png")]
    assert_array_equal(run(words), 3)
    assert "a.png: step " in capsys.readouterr().err


def test_nothing_on_stdin(tmp_path):
    process = subprocess.run(
        [sys.executable, "-m", "edgewise", "filter", "box", "-", "-o", str(tmp_path / "out.png")],
        input=b"", capture_output=True, check=False,
    )  # fmt: skip
    assert_array_equal(process.returncode, 3)
    assert process.stderr.startswith(b"stdin: the file is empty\n")


def test_no_folder_is_called_like_a_picture(tmp_path, capsys):
    source = pictures(tmp_path / "in", 2, (4, 4))
    for words in ([source], [source / "000.png", source / "001.png"]):
        assert_array_equal(run(["filter", "box", *map(str, words), "-o", f"{tmp_path}/a.png"]), 2)
        assert "a.png is one file" in capsys.readouterr().err
    assert_array_equal(run(["filter", "box", str(source), "-o", f"{tmp_path}/a.png/"]), 0)
    assert_array_equal(len(os.listdir(tmp_path / "a.png")), 2)


def test_an_interruption_ends_soon_and_leaves_whole_files(tmp_path):
    source = pictures(tmp_path / "in", 12, (1400, 1500, 3))
    words = ["filter", "gaussian:3", source, "-o", tmp_path / "out", "--compress", "9"]
    process = start_edgewise(*words)
    when_there(tmp_path / "out", process, "0*.png")
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=HANGS)
    assert_array_equal(process.returncode, 130)
    assert b"interrupted" in stderr
    assert b"Traceback" not in stderr
    left = os.listdir(tmp_path / "out")
    assert [name for name in left if not name.endswith(".png")] == []
    assert 0 < len(left) < 12
    for name in left:
        assert_array_equal(read_image(tmp_path / "out" / name).shape, (1400, 1500, 3))


@pytest.mark.parametrize(
    "chain",
    [
        "gaussian:2,sobel",
        "log,abs",
        "[1 2 3; 4 5 6]:anchor=2:0:flip=yes",
        "unsharp,threshold:99",
        "box:9:border=renormalize",
        "gray,sobel-x:bias=9",
        "box:5:padding=valid",
        "sobel:padding=full,gaussian:padding=2/1",
        "[1 2; 3 4; 5 9]:flip=yes:padding=9/0,roberts:flip=yes",
        "gaussian:2:border=wrap,abs,sobel:border=wrap",
        "otsu",
        "gaussian,otsu,median",
        "equalize:200",
        "sobel,equalize",
        "sobel,rescale",
        "rescale:percent=3",
        "lcn:5,abs",
    ],
)
@pytest.mark.parametrize("rule", ["clip", "rescale", "shift", "float"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_strips_give_what_the_whole_gives(monkeypatch, chain, rule, channels):
    shape = (203, 60) if channels == 1 else (203, 60, channels)
    image = RNG.integers(0, 256, shape).astype(np.uint8)
    compiled = compile_chain(chain)
    whole = filter_picture(compiled, image, rule, np.uint8)
    few_values(monkeypatch, image.size // 9)
    found = filter_picture(compiled, image, rule, np.uint8)
    assert_array_equal(found.picture, whole.picture)
    assert_array_equal(found.clipped, whole.clipped)


def few_values(monkeypatch, count):
    """Let strips hold few values, and nothing be held while a step looks at a whole picture."""
    monkeypatch.setattr(runner, "STRIP", count)
    monkeypatch.setattr(runner, "SINGLE_STRIP", count)
    monkeypatch.setattr(stages, "HELD", 0)
    monkeypatch.setattr(filtered, "HELD", 0)


@pytest.mark.parametrize(
    "chain",
    [
        "gaussian:2,sobel",
        "[1 2 3; 4 5 6]:anchor=2:0:flip=yes",
        "box:9/5:border=renormalize,median:3",
        "box:5:padding=valid,[1 2; 3 4; 5 9]:flip=yes:padding=0/9",
        "gaussian:2:border=wrap,abs,sobel:border=wrap",
        "box:3:stride=2/1,sobel",
        "gaussian,otsu,median",
        "equalize:200",
        "lcn:5,abs",
    ],
)
@pytest.mark.parametrize("channels", [1, 4])
def test_parts_of_long_rows_give_what_the_whole_gives(monkeypatch, chain, channels):
    shape = (8, 1500) if channels == 1 else (8, 1500, channels)
    image = RNG.integers(0, 256, shape).astype(np.uint8)
    compiled = compile_chain(chain)
    whole = filter_picture(compiled, image, "rescale", np.uint8)
    monkeypatch.setattr(columns, "LONGEST", 300)
    monkeypatch.setattr(columns, "PART", 200)
    found = filter_picture(compiled, image, "rescale", np.uint8)
    assert_array_equal(found.picture, whole.picture)
    assert_array_equal(found.clipped, whole.clipped)


@pytest.mark.parametrize(
    "chain",
    ["box:3:stride=2", "maxpool:2", "box:border=wrap,sobel", "canny", "lcn:padding=valid",
     "pyramid-up,sobel", "gaussian,[1 2; 3 4]:stride=2/3,integral,abs"],
)  # fmt: skip
def test_what_strides_or_sees_all_gives_what_the_whole_gives(monkeypatch, chain):
    image = RNG.integers(0, 256, (99, 30)).astype(np.uint8)
    whole = apply(chain, image)
    few_values(monkeypatch, 300)
    assert_array_equal(apply(chain, image), whole)


@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="elsewhere the peak is that of the parent too"
)
def test_memory_stays_small_for_a_large_picture(tmp_path):
    """9000 x 9000: 81 MB. Whole in float32, two steps would take some 1000 MB."""
    side = 9000
    write_image(tmp_path / "a.npy", np.tile(np.arange(side, dtype=np.uint8), (side, 1)))
    words = ["filter", "gaussian:2,sobel", tmp_path / "a.npy", "-o", tmp_path / "b.png"]
    code = (
        "import sys; from edgewise.cli.main import run;"
        f"code = run({list(map(str, words))});"
        "print(*(line for line in open('/proc/self/status') if line.startswith('VmHWM')));"
        "sys.exit(code)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    # The interpreter takes some 80 MB, input and output 162, a third of it once more as it is
    # encoded, strips the rest.
    assert int(found.stdout.split()[1]) / 1024 < 400
    (tmp_path / "b.png").stat()


@given(st.lists(st.integers(0, 9), max_size=30), st.integers(1, 4), st.integers(1, 12))
@settings(max_examples=30)
def test_a_pipeline_keeps_order_and_bounds(weights, jobs, room):
    lock, held, most = threading.Lock(), [0], [0]

    def read(item):
        with lock:
            held[0] += weights[item]
            most[0] = max(most[0], held[0] - max(0, weights[item] - room))
        return item

    def write(item, result):
        with lock:
            held[0] -= weights[item]
        if item % 5 == 4:
            raise EdgewiseError("five")
        return result

    pipe = Pipeline(
        read, lambda item, x: x * 2, write, weigh=weights.__getitem__, jobs=jobs, room=room
    )
    found = list(pipe.run(range(len(weights))))
    assert_array_equal([item for item, _ in found], range(len(weights)))
    for item, result in found:
        assert str(result) == ("five" if item % 5 == 4 else str(item * 2))
    assert most[0] <= max(room, *weights, 0)


@pytest.mark.parametrize("stage", [0, 1, 2])
def test_errors_of_every_stage(stage):
    def fail_at(number):
        def step(item, value=None):
            if stage == number and item == 3:
                raise EdgewiseError("three")
            return item

        return step

    pipe = Pipeline(*map(fail_at, range(3)), weigh=lambda item: 1)
    found = dict(pipe.run(range(7)))
    assert_array_equal(str(found.pop(3)), "three")
    assert_array_equal(list(found), list(found.values()))


def test_an_unexpected_error_ends_a_pipeline():
    def work(item, value):
        raise ZeroDivisionError

    pipe = Pipeline(lambda item: item, work, lambda item, value: value, weigh=lambda item: 1)
    with pytest.raises(ZeroDivisionError):
        list(pipe.run(range(9)))
    assert pipe.stopping.is_set()
    assert not pipe.stuck


def test_a_stopped_file_takes_no_more(tmp_path):
    stopping = threading.Event()
    with open(tmp_path / "f", "wb") as file:
        stoppable = Stoppable(file, stopping)
        stoppable.write(b"a")
        stopping.set()
        with pytest.raises(StoppedError):
            stoppable.write(b"b")
