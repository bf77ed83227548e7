"""Whether a page can be operated by keyboard alone: each control is reached, in order, and seen."""

from collections.abc import Iterator

from playwright.sync_api import Page

# No page has so many controls; without an end a trap for the keyboard would hold the test.
_MOST = 150
# Lists what the Tab key must reach within the page's own part, how each looks, and goes before it.
_BEGIN = """() => {
  const main = document.querySelector('main');
  window.look = it => {
    // GOV.UK draws a ring around the picture of a radio button, which its label makes.
    const drawn = ['radio', 'checkbox'].includes(it.type) && it.labels?.length;
    const style = drawn ? getComputedStyle(it.labels[0], '::before') : getComputedStyle(it);
    return ['outline', 'boxShadow', 'backgroundColor', 'borderColor'].map(p => style[p]).join();
  };
  const reached = it => {
    if (it.disabled || it.type === 'hidden' || !it.checkVisibility()) return false;
    if (it.type !== 'radio') return true;
    // The keyboard comes to a group of radio buttons once, and moves within it by its arrows.
    const group = [...main.querySelectorAll('input[type=radio]')].filter(
      other => other.name === it.name && other.form === it.form && other.checkVisibility());
    return it === (group.find(other => other.checked) ?? group[0]);
  };
  const asked = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';
  window.stops = [...main.querySelectorAll(asked)].filter(reached);
  window.plain = stops.map(look);
  main.tabIndex = -1;
  main.focus();
  return stops.map(it => it.outerHTML.slice(0, 100));
}"""
_NOW = """() => {
  const it = document.activeElement;
  const at = stops.indexOf(it);
  return [document.querySelector('main').contains(it), at, at < 0 || look(it) !== plain[at]];
}"""


def unreached(page: Page) -> Iterator[str]:
    """Give what the Tab key does not reach, reaches out of order, or does not show as reached."""
    stops, expected = page.evaluate(_BEGIN), 0
    for _press in range(_MOST):
        page.keyboard.press("Tab")
        inside, at, shown = page.evaluate(_NOW)
        if not inside:
            break
        if at < 0:
            continue  # a part that scrolls, which some browsers let be reached
        if at != expected:
            yield f"Tab goes to {stops[at]}, not to {stops[expected]}"
            return
        if not shown:
            yield f"nothing shows that the keyboard is at {stops[at]}"
        expected = at + 1
    if expected < len(stops):
        yield f"Tab does not reach {stops[expected]}"
