"""HoG settings: what they accept, how they are written down, what length they give."""

import json
from dataclasses import FrozenInstanceError, fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgewise.features import HogConfig, hog
from edgewise.features.layout import bin_edges, shares_cells, spatial_weights
from edgewise.features.presets import PRESETS
from edgewise.features.setting_text import describe_settings, parse_setting
from edgewise.images.errors import EdgewiseError


def test_the_default_is_the_paper():
    assert HogConfig.preset("dalal-triggs") == HogConfig()
    assert HogConfig().length(128, 64) == 3780


def test_the_skimage_preset_has_its_defaults():
    assert HogConfig.preset("skimage").length(128, 64) == 14 * 6 * 81


def test_one_number_is_both_sizes():
    assert HogConfig(cell=4, block=np.int64(3)) == HogConfig(cell=(4, 4), block=[3, 3])


def test_settings_do_not_change():
    with pytest.raises(FrozenInstanceError):
        HogConfig().bins = 3


@pytest.mark.parametrize("name", PRESETS)
def test_presets_survive_json(name):
    config = HogConfig.preset(name, cell=(3, 5), signed=True, window_sigma=None)
    text = json.dumps(config.to_dict())
    assert HogConfig.from_dict(json.loads(text)) == config


def test_every_field_is_documented():
    for field in fields(HogConfig):
        assert f"\n    {field.name} : " in HogConfig.__doc__


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"cell": 0}, "cell is a whole number of at least 1, not 0"),
        ({"cell": (4, 0)}, "cell is a whole number"),
        ({"cell": 2.5}, "cell is one whole number or two"),
        ({"block": (1, 2, 3)}, r"block is one whole number or two, \(rows, columns\)"),
        ({"block_stride": "2"}, "block_stride is one whole number or two"),
        ({"bins": True}, "bins is a whole number"),
        ({"bins": 9.0}, "bins is a whole number"),
        ({"signed": 1}, "signed is True or False, not 1"),
        ({"interpolate_space": "yes"}, "interpolate_space is True or False"),
        ({"gamma": "cube"}, "gamma is one of none, sqrt, log, or a power above 0, not 'cube'"),
        ({"gamma": -1}, "gamma is one of none, sqrt, log, or a power above 0, not -1"),
        ({"gradient": "scharr"}, 'gradient is one of centred, sobel, .*, not "scharr"'),
        ({"vote_limit": 0}, "vote_limit is a number above 0"),
        ({"second_epsilon": "no"}, "second_epsilon is a number above 0"),
        ({"window_sigma": (1, 0)}, "window_sigma is a number above 0"),
        ({"layout": "vlfeat"}, "the layout vlfeat needs interpolation_scope grid"),
        ({"interpolation_scope": "grid", "window_sigma": 1}, "a window weights the pixels"),
        ({"norm": "L2"}, 'norm is one of .*, not "L2"'),
        ({"clip": 0}, "clip is a number above 0"),
        ({"epsilon": float("nan")}, "epsilon is a number above 0"),
        ({"window_sigma": -1}, "window_sigma is a number above 0"),
        ({"window_sigma": "wide"}, "window_sigma is a number above 0"),
        ({"bin": 9}, 'no HoG setting "bin"; did you mean "bins"'),
        ({"color": 9}, 'no HoG setting "color"; did you mean "colour"'),
    ],
)
def test_settings_that_make_no_sense(changes, text):
    with pytest.raises(EdgewiseError, match=text):
        HogConfig.preset("skimage", **changes)
    with pytest.raises(EdgewiseError, match=text):
        hog(np.zeros((64, 64), np.uint8), **changes)


def test_an_unknown_preset_gets_a_suggestion():
    with pytest.raises(EdgewiseError, match='no HoG preset "skimag"; did you mean "skimage"'):
        HogConfig.preset("skimag")
    with pytest.raises(EdgewiseError, match="there are dalal-triggs, skimage"):
        hog(np.zeros((64, 64), np.uint8), "zzz")


def test_a_picture_that_is_too_small_is_told_what_fits():
    config = HogConfig(cell=(8, 6), block=(2, 3))
    assert config.least_size == (16, 18)
    assert config.grid(16, 18) == (2, 3, 1, 1)
    for size in ((15, 18), (16, 17)):
        with pytest.raises(EdgewiseError, match="at least 18x16, or smaller cells"):
            config.grid(*size)


@given(
    size=st.tuples(st.integers(12, 70), st.integers(12, 70)),
    cell=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    block=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    stride=st.tuples(st.integers(1, 4), st.integers(1, 4)),
)
def test_the_grid_holds_as_many_as_fit(size, cell, block, stride):
    config = HogConfig(cell=cell, block=block, block_stride=stride, bins=2)
    grid = config.grid(*size)
    for a in (0, 1):
        starts = [c for c in range(grid[a]) if c % stride[a] == 0 and c + block[a] <= grid[a]]
        assert (grid[a] + 1) * cell[a] > size[a] >= grid[a] * cell[a]
        assert grid[2 + a] == len(starts)
    assert config.length(*size) == grid[2] * grid[3] * block[0] * block[1] * 2


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("bins", [1, 4, 9, 12, 31])
def test_bin_edges_are_directions(bins, signed):
    edges = bin_edges(bins, signed, np.float64)
    angles = np.degrees(np.arctan2(edges[:, 1], edges[:, 0])) + 180 * edges[:, 2]
    np.testing.assert_allclose(angles, np.arange(1, bins) * (360 if signed else 180) / bins)


def test_shares_of_neighbouring_cells_add_up_inside_a_block():
    config = HogConfig(cell=6, block=3, window_sigma=None)
    total = spatial_weights(config, 0).sum(axis=0) * 6
    np.testing.assert_allclose(total[3:-3], 1, rtol=1e-6)
    assert total[0] == pytest.approx(0.5 + 0.5 / 6)


def test_cells_are_shared_only_by_whole_unweighted_votes():
    assert shares_cells(HogConfig.preset("skimage"))
    assert not shares_cells(HogConfig.preset("skimage", window_sigma=0.5))
    assert not shares_cells(HogConfig.preset("skimage", interpolate_space=True))


def test_settings_of_a_layout_by_cell():
    config = HogConfig.preset("felzenszwalb", cell=8)
    assert config.least_size == (20, 20)
    assert config.grid(64, 60) == (8, 8, 6, 6)
    assert config.length(64, 60) == 6 * 6 * 31
    assert HogConfig.preset("vlfeat").length(64, 60) == 8 * 8 * 36
    with pytest.raises(EdgewiseError, match="19x64 pixels is too small for the layout felz"):
        config.grid(64, 19)


@given(
    size=st.tuples(st.integers(1, 70), st.integers(1, 70)),
    config=st.builds(
        HogConfig,
        cell=st.tuples(st.integers(1, 4), st.integers(1, 4)),
        block=st.tuples(st.integers(1, 3), st.integers(1, 3)),
        block_stride=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    ),
)
def test_the_nearest_sizes_are_used_to_the_last_pixel(size, config):
    low, high = config.nearest_sizes(*size)
    for near in (low, high):
        grid = config.grid(*near)
        for a in (0, 1):
            cells = (grid[2 + a] - 1) * config.block_stride[a] + config.block[a]
            assert cells * config.cell[a] == near[a]
    for a in (0, 1):
        step = config.block_stride[a] * config.cell[a]
        assert low[a] <= max(size[a], config.least_size[a]) < low[a] + step
        assert high[a] >= size[a] > high[a] - step or high[a] == config.least_size[a]


def test_settings_written_as_text_are_the_settings():
    for preset in PRESETS.values():
        for name, value in vars(preset).items():
            text = "x".join(map(str, value)) if isinstance(value, tuple) else str(value)
            assert parse_setting(name, text) == value
    assert parse_setting("window_sigma", "0.25x1") == (0.25, 1)
    assert parse_setting("signed", "no") is False
    with pytest.raises(EdgewiseError, match='"wide" is not a number'):
        parse_setting("epsilon", "wide")


def test_every_setting_is_listed():
    listed = describe_settings()
    for field in fields(HogConfig):
        assert f"\n{field.name}=" in "\n" + listed
    assert "epsilon=1e-05   (float)" in listed
