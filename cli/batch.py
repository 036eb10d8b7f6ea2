"""Pictures in, filtered pictures out: many at a time, in bounded memory."""

import sys
from contextlib import ExitStack
from dataclasses import dataclass, replace
from math import prod
from typing import Any

from ..images.errors import EdgewiseError, ImageError, reason_of
from .outputs import Output
from .session import Session
from .signals import code_of, leave_at_once

# From so many pictures on each is filtered by one thread.
MANY = 16
BYTES = {"uint8": 1, "uint16": 2, "float32": 4}


@dataclass
class Work:
    """One picture on its way through a batch."""

    source: Any
    output: Output
    file: Any = None
    facts: Any = None
    error: Exception | None = None


class Batch:
    """Filters pictures one after the other, while others are read and written."""

    def __init__(
        self, session: Session, chain, *, rule, dtype, encoding, overwrite, max_pixels, jobs
    ):
        from ..images.pipeline import Pipeline

        self._session, self._chain, self._rule = session, chain, rule
        self._encoding, self._overwrite, self._max_pixels = encoding, overwrite, max_pixels
        self._dtype, self._one_thread = dtype, False
        self._pipeline = Pipeline(
            self._read, self._filter, self._write, weigh=self._weigh, jobs=jobs
        )

    def run(self, sources, outputs) -> int:
        """Filter every picture; return how many were written."""
        works = [Work(*pair) for pair in zip(sources, outputs, strict=True)]
        if len(works) >= MANY:
            # The other cores read and write: a picture is filtered by one thread.
            self._one_thread = True
        done = 0
        found = self._pipeline.run(works)
        if (
            len(works) > 1 and sys.stderr.isatty()
        ):  # no progress is drawn elsewhere, and tqdm takes time to load
            found = self._session.progress(found, total=len(works), unit="picture")
        for work, result in found:
            if isinstance(result, EdgewiseError):
                self._session.failed(work.source.name, reason_of(result))
                continue
            done += 1
            self._session.detail(f"{work.source.name} -> {work.output.name}: {result.clipped}")
        return done

    def abandon(self, stop: KeyboardInterrupt) -> None:
        """After an interruption: leave at once if a thread cannot be stopped."""
        if self._pipeline.stuck:
            # All files are whole: what is stuck decodes or encodes in memory.
            leave_at_once(code_of(stop))

    def _weigh(self, work: Work) -> int:
        """Return the bytes of a picture and of what becomes of it, from its header."""
        from ..images.decode import PictureFile

        source = work.source
        try:
            work.file = PictureFile(source.source(), name=source.name, max_pixels=self._max_pixels)
            work.facts = work.file.facts
        except EdgewiseError as error:
            work.error = error
            return 0
        size = BYTES["float32" if self._rule == "float" else self._dtype or work.facts.dtype.name]
        # The picture, the result, and the result as it is encoded.
        return work.facts.nbytes + 2 * size * prod(work.facts.shape)

    def _read(self, work: Work):
        from ..filters.pictures import least_memory
        from ..images.memory import refuse_beyond_memory

        if work.error:
            raise work.error
        with work.file as file:
            needed = least_memory(self._chain, work.facts.shape, work.facts.dtype)
            refuse_beyond_memory(needed, "filtering it")
            return file.read()[0]

    def _filter(self, work: Work, image):
        try:
            return self._filtered(image, self._dtype or image.dtype)
        except MemoryError:
            raise ImageError(work.source.name, "not enough memory to filter it") from None

    def _filtered(self, image, dtype):
        from ..compiled.threads import at_most_threads
        from ..filters.pictures import filter_picture

        if not self._one_thread or image.size > 1 << 22:
            return filter_picture(self._chain, image, self._rule, dtype)
        with at_most_threads(1):
            return filter_picture(self._chain, image, self._rule, dtype)

    def _write(self, work: Work, result):
        from ..images.atomic import atomic_file
        from ..images.pipeline import Stoppable

        output, picture = work.output, result.picture
        encoder = self._encoder(work, picture)
        with ExitStack() as opened:
            file: Any = sys.stdout.buffer
            if output.path is not None:
                whole = opened.enter_context(atomic_file(output.path, overwrite=self._overwrite))
                file = Stoppable(whole, self._pipeline.stopping)
            opened.enter_context(encoder.into(file)).rows(picture)
        return replace(result, picture=picture[:0])

    def _encoder(self, work: Work, picture):
        """Return what encodes the picture; say what to do if the format has no depth."""
        from ..images.encode import Encoder
        from ..images.formats import OF_SUFFIX

        encoding, output = replace(self._encoding, metadata=work.facts.metadata), work.output
        try:
            return Encoder(picture.shape, picture.dtype, output.format, output.name, encoding)
        except ImageError as error:
            if picture.dtype.name in OF_SUFFIX[output.format].holds or self._rule == "float":
                raise
            reason = f"{error.reason}, or give --depth 8"
            raise ImageError(output.name, reason, hint=error.hint) from None
