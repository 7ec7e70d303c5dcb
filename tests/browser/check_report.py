"""Look at a report as a browser shows it: check_report.py PAGE STEPS [NAME]. Assertions say what is wrong.

With NAME, screenshots go to $MLPIPE_SCREENSHOTS (default: the current folder) as NAME-light.png and so on.
"""
import os
import pathlib
import subprocess
import sys

from chromium import Chromium

OUTSIDE = """
  [...document.querySelectorAll('header, section, nav, table, figure, details, .tiles li, h1, p, dl, svg')]
    .filter(e => !e.closest('.scroll, .text, .spoken') && e.getBoundingClientRect().width > 0)
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1 || e.getBoundingClientRect().left < -1)
    .map(e => e.outerHTML.slice(0, 120))"""
EMPTY_DRAWINGS = """
  [...document.querySelectorAll('svg, svg.bar rect, svg.plot path[d^=M], .graph rect')]
    .filter(e => !e.closest('details:not([open])') && !e.closest('thead'))
    .filter(e => !(e.getBoundingClientRect().width > 0) || !(e.getBoundingClientRect().height + 1 > 0))
    .map(e => e.outerHTML.slice(0, 120))"""
BARS_OUTSIDE = """
  [...document.querySelectorAll('svg.bar rect')].filter(e => {
    const bar = e.getBoundingClientRect(), track = e.closest('svg').getBoundingClientRect();
    return bar.right > track.right + 4 || bar.left < track.left - 1 }).map(e => e.outerHTML)"""
BROKEN_IMAGES = """
  Promise.all([...document.images].map(i => i.decode().catch(() => 0)))
    .then(() => [...document.images].filter(i => !(i.complete && i.naturalWidth > 0)).map(i => i.alt))"""


def check(page, steps, shot):
    assert steps == page.ask("document.querySelectorAll('table.steps tbody tr').length"), "rows"
    assert steps == page.ask("document.querySelectorAll('details.step').length"), "blocks"
    assert page.ask("document.title").endswith(")"), page.ask("document.title")
    assert page.ask("document.documentElement.lang") == "en"
    assert page.ask("document.scripts.length") == 0
    for width in (1280, 400):
        page.resize(width)
        for what in (OUTSIDE, EMPTY_DRAWINGS, BARS_OUTSIDE, BROKEN_IMAGES):
            assert page.ask(what) == [], (width, what, page.ask(what))
        assert page.ask("document.documentElement.scrollWidth") <= width, f"wider than {width}"
    shot("400")
    page.resize(1280)
    shot("light")
    back = "getComputedStyle(document.body).backgroundColor"
    light = page.ask(back)
    page.dark(True)
    assert page.ask(back) != light, "dark mode changes nothing"
    shot("dark")
    page.dark(False)
    # Following a link to a step opens what is known of it, without any script of the page's own.
    page.ask("document.querySelector('table.steps tbody tr:last-child a').click()")
    assert page.ask("document.querySelectorAll('details.step')[%d].open" % (steps - 1)), "closed"


def check_print(page, name):
    file = pathlib.Path(f"{name}.pdf")
    page.print_to(file)
    text = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True,
                          check=True).stdout
    pages = text.count("\f")
    assert pages > 0, "no pages"
    names = page.ask("[...document.querySelectorAll('details.step h3')].map(e => e.innerText)")
    squeezed = "".join(text.split())
    for step in names[:20]:
        assert "".join(step.split())[:20] in squeezed, f"not on paper: {step}"
    # What is in blocks that were closed on the screen is on paper too.
    known = page.ask("document.querySelectorAll('details.step code[title]').length")
    assert text.count("Fingerprint") >= known, "closed blocks are cut off"
    return pages


def main():
    file, steps = pathlib.Path(sys.argv[1]).resolve(), int(sys.argv[2])
    name = sys.argv[3] if len(sys.argv) > 3 else None
    folder = pathlib.Path(os.environ.get("MLPIPE_SCREENSHOTS") or ".")
    folder.mkdir(parents=True, exist_ok=True)
    with Chromium() as browser:
        page = browser.open(file.as_uri())

        def shot(kind):
            if name:
                page.screenshot(folder / f"{name}-{kind}.png")

        check(page, steps, shot)
        pages = check_print(page, folder / name if name else "page")
        assert page.complaints() == [], page.complaints()
        loads = [url[:80] for url in page.requests() if not url.startswith(("data:", file.as_uri()))]
        assert loads == [], loads
        assert not [e for e in browser.events if e["method"] == "Page.javascriptDialogOpening"]
        print(f"{file.name}: {file.stat().st_size} bytes, {steps} steps, {pages} pages on paper")


main()
