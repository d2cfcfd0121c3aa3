// What a person would find wrong with the page as it stands, beyond what axe finds.
// It is given the size of the screen; on a phone it also looks at what a thumb hits.
({ width, phone }) => {
  const wrong = [];
  const name = (e) => e.outerHTML.replace(/\s+/g, " ").slice(0, 150);
  const all = (sel) => [...document.querySelectorAll(sel)];
  const styles = new Map();
  const style = (e) => styles.get(e) || (styles.set(e, getComputedStyle(e)), styles.get(e));
  const seen = (e) => e.getClientRects().length > 0 && e.checkVisibility({ visibilityProperty: true, opacityProperty: true });

  // One heading says what the page is.
  const heads = all("h1").length;
  if (heads !== 1) wrong.push(`${heads} headings of the first rank`);
  if (/«[\w.]+»/.test(document.body.innerText)) wrong.push("a word is missing: " + document.body.innerText.match(/«[\w.]+»/)[0]);

  // Nothing is wider than the screen. (A phone zooms out of such a page, so what it
  // calls its inner width proves nothing.)
  const page = document.documentElement;
  if (page.scrollWidth > width) {
    const far = all("body *").filter((e) => e.getBoundingClientRect().right > width + 1).slice(0, 3).map(name);
    wrong.push(`wider than the screen, ${page.scrollWidth} > ${width}:\n      ` + far.join("\n      "));
  }

  // No text is cut off, but where it can be scrolled to or, with a mouse, where
  // resting on it shows it whole.
  const ears = (e) => { // kept for those who listen
    for (let a = e; a && a !== document.body; a = a.parentElement) {
      const s = style(a);
      if (s.position === "absolute" && s.overflowX === "hidden" && a.offsetWidth <= 1) return true;
    }
    return false;
  };
  const hidden = (e) => e.closest(".unseen, .skip, script, style, noscript, option, svg, [aria-hidden=true]");
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const cut = new Set();
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const p = node.parentElement;
    if (!node.data.trim() || hidden(p) || !seen(p)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const r = range.getBoundingClientRect();
    if (!r.width) continue;
    let x = true, y = true; // may be cut in this direction
    for (let a = p; a && a !== document.body; a = a.parentElement) {
      const s = style(a);
      if (s.overflowX === "auto" || s.overflowX === "scroll") x = false;
      if (s.overflowY === "auto" || s.overflowY === "scroll") y = false;
      const b = a.getBoundingClientRect();
      const out = (x && /hidden|clip/.test(s.overflowX) && (r.right > b.right + 1.5 || r.left < b.left - 1.5))
        || (y && /hidden|clip/.test(s.overflowY) && (r.bottom > b.bottom + 4 || r.top < b.top - 4));
      if (out && (b.width <= 1 || b.height <= 1)) break; // for ears only
      if (out && !cut.has(p) && (phone || !p.closest("[title]"))) { cut.add(p); wrong.push("cut off: " + node.data.trim() + " in " + name(a)); break; }
      if (s.position === "fixed") break;
    }
  }

  // A figure stays in its tile.
  for (const e of all(".figures li > *")) if (seen(e) && e.scrollWidth > e.clientWidth + 1) wrong.push("runs out of its tile: " + e.innerText.replace(/\s+/g, " "));

  // A thumb hits what it is meant for: 44 px both ways. A link within a text is as
  // high as its line (WCAG 2.2 asks 24 px, with its exceptions; axe looks at those).
  const hit = (e) => {
    const boxes = [e, ...(e.matches("input") && e.labels ? e.labels : [])];
    if (e.classList.contains("row-link") && e.closest(".opens")) boxes.push(e.closest(".opens"));
    if (e.matches("input, select, textarea") && e.closest(".card-choice, .tick, .tick-cell label")) boxes.push(e.closest(".card-choice, .tick, .tick-cell label"));
    const r = boxes.map((b) => b.getBoundingClientRect());
    return [Math.max(...r.map((b) => b.width)), Math.max(...r.map((b) => b.height))];
  };
  const inText = (e) => e.tagName === "A" && style(e).display === "inline" && !e.matches("nav a, .buttons a, .tabs a, .chips a, .card-head a, .row-link");
  if (phone) for (const e of all("a[href], button, summary, input:not([type=hidden]), select, textarea, [role=button], [role=option]")) {
    if (!seen(e) || e.disabled || e.matches(".skip") || inText(e) || ears(e)) continue;
    const [w, h] = hit(e);
    if (w < 43.5 || h < 43.5) wrong.push(`too small for a thumb, ${Math.round(w)} × ${Math.round(h)}: ` + name(e));
  }
  if (phone) for (const e of all("a[href]")) {
    if (!seen(e) || !inText(e) || ears(e)) continue;
    const line = Math.max(parseFloat(style(e.parentElement).lineHeight) || 0, ...[...e.getClientRects()].map((r) => r.height));
    if (line < 23.5) wrong.push(`a link in a line of ${Math.round(line)} px: ` + name(e));
  }

  // Whoever walks by keyboard sees where they are.
  if (!phone) {
    const tried = new Set();
    for (const e of all("a[href], button, summary, input:not([type=hidden]), select, textarea, [tabindex='0']")) {
      const like = e.tagName + (e.type || "") + e.className + (e.parentElement ? e.parentElement.className : "");
      if (tried.has(like) || !seen(e) || e.disabled || e.closest("dialog")) continue;
      tried.add(like);
      const look = () => [e, ...(e.nextElementSibling ? [e.nextElementSibling] : []), ...(e.labels || [])].flatMap((x) => [null, "::after"].map((p) => {
        const s = getComputedStyle(x, p);
        return [s.outlineStyle, s.outlineWidth, s.boxShadow, s.borderTopColor, s.borderTopWidth, s.transform].join();
      })).join();
      const before = look();
      e.focus({ preventScroll: true, focusVisible: true });
      if (document.activeElement === e && look() === before) wrong.push("no sign that the keyboard is here: " + name(e));
      if (document.activeElement === e) e.blur();
    }
  }
  return wrong;
}
