"""What is told of a training of a linear model, as text."""

from ..features.config import HogConfig
from ..models.linear import LinearModel
from ..models.linear_features import Features, Pixels
from ..models.linear_maps import AdditiveChi2, KernelMap
from .tables import aligned

BAR = 40


def training_rows(model: LinearModel) -> list[list[str]]:
    """Return a name and a description of each thing that one wants to know."""
    known, (rows, columns) = model.training, model.size
    count = known["pictures"]
    colour = "gray" if model.channels == 1 else "colour"
    length = model.config.length(*model.size)
    table = [
        ["trained on", f"{count:,} picture{'' if count == 1 else 's'} of "
                       f"{len(model.classes)} classes"],
        ["features", f"{length:,} values of {columns}x{rows} {colour}, "
                     f"{features_text(model.config)}"],
        ["model", f"{_name(model)}, C = {known['C']:g}"],
        ["training accuracy", f"{known['accuracy']:.4f}"],
    ]  # fmt: skip
    if model.map is not None:
        table.insert(2, ["kernel map", map_text(model.map)])
    if "validation" in known:
        measured = f"{known['measure']} " if "measure" in known else ""
        table.append(["cross-validated", measured + accuracy_text(known["validation"])])
    return table


def _name(model: LinearModel) -> str:
    chosen = model.training.get("settings", {})
    if model.kind == "svm":
        hinge = "hinge" if chosen.get("loss") == "hinge" else "squared hinge"
        calibrated = chosen.get("calibrate")
        return f"linear SVM, {hinge}" + (f", {calibrated} calibration" if calibrated else "")
    return "logistic regression" + (", one against the rest" if "one_vs_rest" in chosen else "")


def features_text(features: Features) -> str:
    """Return what vectors consist of, in words."""
    if isinstance(features, HogConfig):
        return f"HoG, {_hog_text(features)}"
    cells = [_cell_text(part) for part in features.parts if isinstance(part, HogConfig)]
    pixels = [_pixels_text(part) for part in features.parts if isinstance(part, Pixels)]
    return ", ".join([f"HoG of cells {', '.join(cells)}"] * bool(cells) + pixels)


def _hog_text(config: HogConfig) -> str:
    signed = " signed" if config.signed else ""
    return f"cells of {_cell_text(config)}, {config.bins}{signed} bins"


def _cell_text(config: HogConfig) -> str:
    rows, columns = config.cell
    return f"{columns}x{rows}"


def _pixels_text(part: Pixels) -> str:
    return "pixels" if part.grid is None else f"pixels {part.grid[1]}x{part.grid[0]}"


def map_text(kernel_map: KernelMap) -> str:
    """Return a kernel map in words."""
    if isinstance(kernel_map, AdditiveChi2):
        return f"additive chi-squared, {kernel_map.length:,} values"
    return f"rbf by Nyström, {kernel_map.length:,} landmarks, gamma = {kernel_map.gamma:.3g}"


def accuracy_text(found: dict) -> str:
    """Return mean and spread of cross-validated accuracies."""
    return (
        f"{found['mean']:.4f}, standard deviation {found['spread']:.4f} over "
        f"{len(found['parts'])} parts"
    )


def search_text(training: dict) -> str:
    """Return what was measured against C: numbers, and a bar from the worst to the best."""
    rows = training["search"]
    means = [row["mean"] for row in rows]
    low, high = min(means), max(means)
    lines = [["C", training.get("measure", "accuracy"), "spread", ""]]
    for row in rows:
        part = (row["mean"] - low) / (high - low) if high > low else 1.0
        mark = " best" if row["C"] == training["C"] else ""
        bar = "#" * max(1, round(BAR * part)) + mark
        lines.append([f"{row['C']:g}", f"{row['mean']:.4f}", f"{row['spread']:.4f}", bar])
    width = max(len(line[3]) for line in lines)
    return aligned([[*line[:3], line[3].ljust(width)] for line in lines])
