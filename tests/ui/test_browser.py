"""Journeys in a real Chromium over a real server, left out where no Chromium is installed."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE = 60_000  # milliseconds
TEXT = (
    "AHC: the alliance lasts.\n\n"
    "--Lend-Lease or something like it goes on after the war <img src=x onerror=alert(1)> ends.\n"
    "--Nuclear technology is shared with Stalin, [of course](javascript:alert(2)), at $20 -- a bargain.\n"
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]


@dataclass(frozen=True)
class Served:
    """A running application: its address, and the environment that other processes of the same user have."""

    url: str
    environment: dict[str, str]


@pytest.fixture(scope="module")
def served(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    home = folder / "home"
    shutil.copytree(prepared, home)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {"TORGAU_HOME": str(home), "TORGAU_EMBEDDER": "none", "TORGAU_WORLDS": "1000", "HOME": str(folder)}
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("TORGAU_", "OPENAI_"))
    } | settings
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), "--server.headless", "true"]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [*command, "--server.port", str(port)], cwd=folder, env=environment, stdout=log, stderr=log
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}/_stcore/health", server)
        yield Served(f"http://127.0.0.1:{port}", environment)
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(url):
                return
        except (URLError, ConnectionError):
            assert server.poll() is None, "the server ended"
            assert time.monotonic() < deadline, "the server did not answer"
            time.sleep(0.2)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def tab(browser: Browser, served: Served) -> Iterator[Page]:
    """A tab on an application that is asked for nothing outside, and in which no script of a text's may speak."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    asked: list[str] = []
    spoken: list[str] = []
    page = context.new_page()
    context.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: (spoken.append(dialog.message), dialog.dismiss()))
    yield page
    context.close()
    assert spoken == []
    assert [
        url for url in asked if not url.startswith((served.url, served.url.replace("http", "ws"), "data:", "blob:"))
    ] == []


def test_from_a_thread_to_its_critique_to_the_quoted_words(served: Served, tab: Page) -> None:
    tab.goto(served.url)
    tab.get_by_role("button", name="Begin with a text of your own").click()
    tab.get_by_label("Scenario, thread or draft").fill(TEXT)
    tab.get_by_role("button", name="Draft the critique").click()
    expect(tab.get_by_text(re.compile("Claim by claim"))).to_be_visible(timeout=PATIENCE)
    expect(tab.locator(".tg-text").first).to_contain_text("<img src=x onerror=alert(1)>")
    expect(tab.locator(".tg-text").first).to_contain_text("at $20 -- a bargain")
    expect(tab.locator("img[src=x]")).to_have_count(0)
    tab.locator("details summary", has_text="Evidence").first.click()
    quotation = tab.locator(".tg-card").first
    quoted = quotation.locator("blockquote").inner_text()
    with tab.context.expect_page() as opened:
        quotation.locator("a").first.click()
    expect(opened.value.locator("mark#cited")).to_have_text(quoted, timeout=PATIENCE)
    tab.reload()
    expect(tab.locator(".tg-finding").first).to_be_visible(timeout=PATIENCE)
    tab.locator("a.tg-mark").first.click()
    expect(tab.locator("#claim-1")).to_be_in_viewport()


def test_continue_accept_undo(served: Served, tab: Page) -> None:
    tab.goto(f"{served.url}/timeline")
    begin = tab.get_by_role("button", name="Begin with the Elbe Day thread")
    to = tab.get_by_label("To", exact=True)
    expect(begin.or_(to).first).to_be_visible()
    if begin.is_visible():
        begin.click()
    to.fill("1945-12-31")
    to.press("Enter")
    tab.get_by_role("button", name="Draft the continuation").click()
    expect(tab.get_by_role("tab", name=re.compile("Proposed"))).to_be_visible(timeout=PATIENCE)
    expect(tab.get_by_role("tab", name="Canon (0)")).to_be_visible()
    tab.get_by_role("button", name="Accept", exact=True).first.click()
    expect(tab.get_by_role("tab", name="Canon (1)")).to_be_visible()
    tab.get_by_role("button", name="Undo").click()
    expect(tab.get_by_role("tab", name="Canon (0)")).to_be_visible()
    tab.get_by_role("button", name="Redo").click()
    expect(tab.get_by_role("tab", name="Canon (1)")).to_be_visible()
    tab.reload()
    expect(tab.get_by_role("tab", name="Canon (1)")).to_be_visible(timeout=PATIENCE)


def test_what_is_added_in_a_terminal_is_found_in_the_open_page(served: Served, tab: Page, tmp_path: Path) -> None:
    tab.goto(f"{served.url}/sources")
    search = tab.get_by_label("Search by words and meaning")
    search.fill("geese above the zeppelin")
    search.press("Enter")
    expect(tab.get_by_text("passages searched")).to_be_visible()
    expect(tab.get_by_text("Seventeen geese")).to_have_count(0)
    note = tmp_path / "geese.txt"
    note.write_text("Seventeen geese flew above the zeppelin at Torgau on 25 April 1945.")
    command = [sys.executable, "-c", "from assistant.cli import main; main()", "add", str(note), "--quiet"]
    subprocess.run(command, env=served.environment, cwd=ROOT, check=True, capture_output=True)
    search.fill("geese above the zeppelin again")
    search.press("Enter")
    expect(tab.get_by_text("Seventeen geese")).to_be_visible()
