"""Pages of HTML in the tests: their tags, and how Chromium opens them."""

import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from processes import HANGS

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
with_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="there is no Chromium to open the page with"
)


class Tags(HTMLParser):
    """Every tag with its attributes, and the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words += data


def assert_opens_in_silence(path: Path, place: Path) -> None:
    """Open a page offline: no error, nothing refused by its policy, and something to see."""
    words = ["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr"]
    words += [f"--user-data-dir={place / 'profile'}", "--window-size=1100,900"]
    words = [str(CHROMIUM), *words, f"--screenshot={place / 'shot.png'}", path.as_uri()]
    said = subprocess.run(words, capture_output=True, text=True, timeout=HANGS, check=True)
    # Whatever the policy refuses, and any error, is told on the console.
    assert "CONSOLE" not in said.stderr
    assert (place / "shot.png").stat().st_size > 20_000


def assert_loads_nothing(page: str) -> None:
    """Check that a page is complete in itself, and says so to browsers."""
    assert "http://" not in page
    assert "https://" not in page
    assert "default-src 'none'" in page
    tags = Tags(page).tags
    assert not {"script", "link", "iframe"} & {tag for tag, _ in tags}
    sources = [told["src"] for tag, told in tags if tag == "img"]
    assert sources
    assert all(source.startswith("data:image/png;base64,") for source in sources)
