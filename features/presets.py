"""Named settings of HoG: the paper's, and those of the programs that compute it."""

from .config import HogConfig

BY_CELL = HogConfig(
    border="skip",
    bin_origin="centre",
    interpolate_orientation=False,
    interpolation_scope="grid",
    window_sigma=None,
    cell_value="sum",
    epsilon=0.01,
    layout="felzenszwalb",
)

PRESETS = {
    "dalal-triggs": HogConfig(),
    "skimage": HogConfig(
        block=(3, 3), interpolate_orientation=False, interpolate_space=False, window_sigma=None
    ),
    "opencv": HogConfig(
        window_sigma=0.25,
        window_unit="mean",
        window_centre="pixel",
        cell_value="sum",
        epsilon=0.1,
        epsilon_rule="per-value",
        second_epsilon=0.001,
        order="column",
        arithmetic="opencv",
        colour="strongest-last",
    ),
    "felzenszwalb": BY_CELL,
    "vlfeat": BY_CELL.replace(layout="vlfeat"),
}
