// Finds the one thing on the page that a person would mean by `what`, brings it
// into view and says where to point, or why that cannot be done.
//
// kind "click": what reads so (its text, label, value or title), be it a button,
// link, label, or in the end any text; or a CSS selector.
// kind "field": the field whose label, placeholder or name is so; or a selector.
//
// For a field it also prepares the entering of `value`: it answers enter: true if
// keys are to be typed, which then replace what stands there.
(kind, what, value) => {
  const fold = s => (s || "").replace(/\s+/g, " ").trim();
  const name = s => fold(s).replace(/\s*[*＊:：]+$/, "");
  const seen = e => e.getClientRects().length > 0 && e.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const all = sel => [...document.querySelectorAll(sel)];
  what = fold(what);

  let found = [];
  if (kind === "field") {
    const labels = e => [...(e.labels || [])].map(l => name(l.innerText))
      .concat((e.getAttribute("aria-labelledby") || "").split(/\s+/).filter(Boolean).map(id => name(document.getElementById(id)?.innerText)))
      .concat([name(e.getAttribute("aria-label"))]);
    const fields = all("input, select, textarea, [contenteditable=true], [contenteditable='']").filter(e => e.type === "file" || seen(e));
    for (const fits of [e => labels(e).includes(name(what)), e => name(e.placeholder) === name(what), e => e.name === what]) {
      if (!found.length) found = fields.filter(fits);
    }
  } else {
    found = all("a[href], button, summary, label, input[type=submit], input[type=button], input[type=image], [role], [tabindex], option")
      .filter(seen)
      .filter(e => [e.innerText, e.getAttribute("aria-label"), e.type === "submit" || e.type === "button" ? e.value : "", e.title].map(fold).includes(what));
  }
  if (!found.length && /[#.\[\]:>]/.test(what)) {
    try { found = all(what).filter(e => e.type === "file" || seen(e)); } catch { /* a text, then */ }
  }
  if (!found.length && kind === "click") {
    found = all("body *").filter(e => seen(e) && fold(e.innerText) === what);
  }
  // Of things that stand in each other the innermost is meant; under an open
  // dialog nothing can be.
  found = found.filter(e => !found.some(o => o !== e && e.contains(o)));
  const dialog = all("dialog[open]:modal").pop();
  if (dialog && found.some(e => dialog.contains(e))) found = found.filter(e => dialog.contains(e));
  if (found.length !== 1) return { why: found.length ? `${found.length} such things are there` : "it is not there" };

  const e = found[0];
  if (e.disabled || e.closest("fieldset[disabled], [aria-disabled=true]")) return { why: "it is disabled" };
  if (kind === "field" && e.readOnly) return { why: "it is read-only" };
  if (e.type === "file") { e.dataset.found = ""; return { file: true }; }
  e.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
  const r = e.getClientRects()[0];
  const x = r.left + r.width / 2, y = r.top + r.height / 2;
  const hit = document.elementFromPoint(x, y);
  if (e.tagName !== "OPTION" && !(hit && (e.contains(hit) || hit.contains(e) || hit.closest("label")?.control === e))) {
    return { why: hit ? `it is covered by ${hit.outerHTML.slice(0, 120)}` : "it is outside the screen" };
  }
  if (kind === "click") return { x, y };

  const changed = () => { for (const n of ["input", "change"]) e.dispatchEvent(new Event(n, { bubbles: true })); };
  e.focus();
  if (e.tagName === "SELECT") {
    const o = [...e.options].filter(o => !o.disabled && (fold(o.text) === fold(value) || o.value === value));
    if (o.length !== 1) return { why: `${o.length} choices ${value} among ${[...e.options].map(o => fold(o.text)).join(", ")}` };
    o[0].selected = true;
    changed();
  } else if (["date", "time", "datetime-local", "month", "week", "color", "range"].includes(e.type)) {
    e.value = value;
    if (e.value !== value) return { why: `${value} is nothing that a ${e.type} can be` };
    changed();
  } else if (e.isContentEditable) {
    document.getSelection().selectAllChildren(e);
    return { enter: true };
  } else if (e.type === "checkbox" || e.type === "radio") {
    return { why: "it is not typed into; click it" };
  } else {
    e.select();
    return { enter: true };
  }
  return {};
}
