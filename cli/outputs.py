"""Where results go: one file, a folder that keeps relative paths, or stdout."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ..images.errors import EdgewiseError, WordError
from ..images.inputs import Input
from ..images.leaving_out import lies_in
from .session import Session
from .streams import refuse_terminal

# A picture that came in another format, or through a pipe, goes out as this.
DEFAULT_FORMAT = "png"
WRITABLE = ("png", "jpg", "jpeg", "tif", "tiff", "webp", "bmp", "pgm", "ppm", "npy")


@dataclass(frozen=True)
class Output:
    """Where one result is written; `path` is None for stdout."""

    path: Path | None
    format: str

    @property
    def target(self) -> Path | BinaryIO:
        """What `write_image` writes to."""
        return sys.stdout.buffer if self.path is None else self.path

    @property
    def name(self) -> str:
        """How the output is called in messages."""
        return "stdout" if self.path is None else os.fspath(self.path)


def plan_outputs(
    inputs: Sequence[Input], words: Sequence[str], output: str, suffix: str | None
) -> list[Output]:
    """Give every input its output, before anything is read.

    Parameters
    ----------
    inputs : sequence of Input
    words : sequence of str
        What the user wrote; a single picture goes to a file, everything else
        to a folder.
    output : str
        A file, a folder, or ``-``.
    suffix : str, optional
        The format asked for, without a dot.

    Raises
    ------
    EdgewiseError
        If two inputs would go to one output, several to stdout, or a folder
        would be made under the name of a picture.
    """
    suffix = suffix.removeprefix(".").lower() if suffix else None
    if suffix and suffix not in WRITABLE:
        raise WordError(f'no format "{suffix}"; there are {", ".join(WRITABLE)}')
    if output == "-":
        return [_to_stdout(inputs, suffix)]
    if _is_one_file(inputs, words, output):
        return [_to_file(Path(output), suffix)]
    _refuse_picture_as_folder(output)
    outputs = [_in_folder(source, Path(output), suffix) for source in inputs]
    _refuse_collisions(inputs, outputs)
    return outputs


def leave_out_results(session: Session, words: Sequence[str], output: str | None) -> Path | None:
    """Return the folder of results if it lies inside of an input, after saying so.

    What an earlier run left there is no input of this one.
    """
    if not output or output == "-" or not os.path.isdir(output):
        return None
    outer = next((word for word in words if os.path.isdir(word) and lies_in(output, word)), None)
    if outer is not None and os.listdir(output):
        session.say(f"{output} lies in {outer}; what is in it is left out, as earlier results")
    return Path(output)


def _refuse_picture_as_folder(output: str) -> None:
    """Refuse to make a folder called all.png, which nobody means."""
    suffix = os.path.splitext(output)[1].removeprefix(".").lower()
    if suffix in WRITABLE and not os.path.isdir(output):
        raise WordError(
            f"{output} is one file, and folders, lists and several pictures go to a folder; "
            f"write {output}{os.sep} if that is its name"
        )


def _to_stdout(inputs: Sequence[Input], suffix: str | None) -> Output:
    if len(inputs) != 1:
        raise WordError(f"{len(inputs)} pictures do not fit in stdout; give a folder with -o")
    refuse_terminal("a picture")
    return Output(None, suffix or DEFAULT_FORMAT)


def _is_one_file(inputs: Sequence[Input], words: Sequence[str], output: str) -> bool:
    is_folder = output.endswith(os.sep) or os.path.isdir(output)
    return len(inputs) == 1 and len(words) == 1 and not is_folder and not os.path.isdir(words[0])


def _to_file(path: Path, suffix: str | None) -> Output:
    found = suffix or path.suffix.removeprefix(".").lower()
    if found not in WRITABLE:
        raise WordError(
            f'{path}: no format "{found}"; end the name in {", ".join(WRITABLE)}, or use --format'
        )
    return Output(path, found)


def _in_folder(source: Input, folder: Path, suffix: str | None) -> Output:
    relative = Path(source.relative)
    own = relative.suffix.removeprefix(".").lower()
    chosen = suffix or (own if own in WRITABLE else DEFAULT_FORMAT)
    return Output(
        folder / (relative if chosen == own else relative.with_suffix(f".{chosen}")), chosen
    )


def _refuse_collisions(inputs: Sequence[Input], outputs: Sequence[Output]) -> None:
    seen: dict[str, Input] = {}
    for source, output in zip(inputs, outputs, strict=True):
        # Some file systems do not tell A.png from a.png.
        key = output.name.casefold()
        if key in seen:
            raise EdgewiseError(
                f"{seen[key].name} and {source.name} would both go to {output.name}; "
                "rename one, or filter them into different folders"
            )
        seen[key] = source


def refuse_existing(inputs: Sequence[Input], outputs: Sequence[Output]) -> None:
    """Raise EdgewiseError if any output exists already, or is the input itself."""
    for source, output in zip(inputs, outputs, strict=True):
        if output.path and source.path and _is_same(source.path, output.path):
            raise EdgewiseError(
                f"{source.name}: the result would replace the picture it is made from",
                hint="name another file or folder with -o",
            )
    existing = [output.name for output in outputs if output.path and output.path.exists()]
    if existing:
        more = f" and {len(existing) - 1} more" if len(existing) > 1 else ""
        verb = "exist" if more else "exists"
        raise EdgewiseError(f"{existing[0]}{more} {verb} already; use --overwrite to replace")


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def refuse_unwritable(outputs: Sequence[Output]) -> None:
    """Raise EdgewiseError if a folder of the outputs may not be written to; once, for all of it."""
    from ..images.atomic import refuse_unwritable_folder

    for folder in {output.path.parent: None for output in outputs if output.path}:
        refuse_unwritable_folder(folder)


def leave_out_existing(
    inputs: Sequence[Input], outputs: Sequence[Output], session: Session
) -> tuple[list[Input], list[Output]]:
    """Return the inputs whose output does not exist, and these outputs; say how many do."""
    pairs = list(zip(inputs, outputs, strict=True))
    left = [(one, out) for one, out in pairs if not (out.path and out.path.exists())]
    if len(left) < len(pairs):
        session.say(f"{len(pairs) - len(left)} of {len(pairs)} outputs exist already; left out")
    return [one for one, _ in left], [out for _, out in left]
