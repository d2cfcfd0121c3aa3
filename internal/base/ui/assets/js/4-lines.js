// A table to fill in: lines come and go, a spreadsheet's rows may be pasted into
// it, and a scanner's Enter moves on.
(function (H) {
  "use strict";
  const boxes = (line) => [...line.querySelectorAll("input:not([type=hidden]), select, textarea")];
  const body = (lines) => lines.querySelector("tbody");
  const all = (lines) => [...body(lines).querySelectorAll("[data-line]")];
  const filled = (line) => boxes(line).some((b) => (b.type === "checkbox" || b.tagName === "SELECT" ? false : b.value.trim() !== ""));
  const patterns = new WeakMap(); // lines → an empty line to copy

  function setUp(lines) {
    const rows = all(lines), last = rows[rows.length - 1];
    if (!last || patterns.has(lines)) return;
    const empty = last.cloneNode(true);
    empty.querySelectorAll(".error").forEach((x) => x.remove());
    patterns.set(lines, empty);
    // Without this script several empty lines wait; with it one is enough.
    rows.filter((r) => r.hasAttribute("data-spare")).slice(1).forEach((r) => r.remove());
  }
  // number gives lines their places in order, so that nothing is missing between.
  function number(lines) {
    const name = lines.dataset.lines;
    all(lines).forEach((line, n) => {
      line.querySelectorAll("[name]").forEach((i) => { i.name = name + "." + n + i.name.slice(name.length).replace(/^\.\d+/, ""); });
      line.querySelectorAll("[id], [aria-controls], [aria-describedby], [data-scan]").forEach((el) => {
        for (const a of ["id", "aria-controls", "aria-describedby", "data-scan"]) {
          const v = el.getAttribute(a);
          if (v) el.setAttribute(a, v.replace("-" + name + "." + line.dataset.n + ".", "-" + name + "." + n + "."));
        }
      });
      line.querySelectorAll("[aria-label]").forEach((el) => el.setAttribute("aria-label", el.getAttribute("aria-label").replace(/ \d+$/, " " + (n + 1))));
      line.querySelector("[data-no]").textContent = n + 1;
      line.dataset.n = n;
    });
  }
  function add(lines) {
    setUp(lines);
    const line = patterns.get(lines).cloneNode(true);
    line.dataset.n = parseInt(boxes(line)[0].name.slice(lines.dataset.lines.length + 1), 10);
    body(lines).append(line);
    number(lines);
    return line;
  }
  function ensure(lines, n) { setUp(lines); while (all(lines).length < n) add(lines); }

  function put(box, text) {
    text = text.trim();
    if (box.tagName === "SELECT") {
      const o = [...box.options].find((x) => x.value === text || x.textContent.trim() === text);
      if (o) box.value = o.value;
    } else if (box.type === "checkbox") box.checked = /^(1|是|√|✓|y|yes|true)$/i.test(text);
    else if (!box.readOnly) box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
  // cells reads what a spreadsheet puts on the clipboard: tabs, lines, quotes around both.
  function cells(text) {
    const rows = [[""]];
    let quoted = false;
    for (let i = 0; i < text.length; i++) {
      const c = text[i], row = rows[rows.length - 1];
      if (quoted) { if (c !== '"') row[row.length - 1] += c; else if (text[i + 1] === '"') { row[row.length - 1] += '"'; i++; } else quoted = false; }
      else if (c === '"' && row[row.length - 1] === "") quoted = true;
      else if (c === "\t") row.push("");
      else if (c === "\n") rows.push([""]);
      else if (c !== "\r") row[row.length - 1] += c;
    }
    while (rows.length && rows[rows.length - 1].every((x) => x === "")) rows.pop();
    return rows;
  }

  const dress = (root) => root.querySelectorAll("[data-lines]").forEach((l) => { setUp(l); all(l).forEach((r, n) => { r.dataset.n = n; }); });
  H.ready(() => dress(document));
  H.on("click", "[data-add-line]", (e, b) => { const l = b.closest("[data-lines]"); boxes(add(l))[0].focus(); });
  H.on("click", "[data-remove-line]", (e, b) => {
    const lines = b.closest("[data-lines]"), line = b.closest("[data-line]"), next = line.nextElementSibling || line.previousElementSibling;
    line.remove();
    if (!all(lines).length) add(lines);
    number(lines);
    const to = next && next.isConnected ? next : all(lines)[0];
    boxes(to)[0].focus();
    lines.dispatchEvent(new Event("input", { bubbles: true }));
  });
  H.on("click", "[data-move-line]", (e, b) => {
    e.preventDefault();
    const lines = b.closest("[data-lines]"), line = b.closest("[data-line]"), up = b.dataset.moveLine === "up", other = up ? line.previousElementSibling : line.nextElementSibling;
    if (!other) return;
    if (up) other.before(line); else other.after(line);
    number(lines);
    b.focus();
    lines.dispatchEvent(new Event("input", { bubbles: true }));
  });
  // The last line always waits empty.
  H.on("input", "[data-lines] [data-line]", (e, line) => { if (!line.nextElementSibling && filled(line)) add(line.closest("[data-lines]")); });
  H.on("paste", "[data-line] input, [data-line] select", (e, box) => {
    const text = e.clipboardData && e.clipboardData.getData("text/plain");
    if (!text || !/[\t\n]/.test(text.replace(/[\r\n]+$/, ""))) return;
    e.preventDefault();
    const lines = box.closest("[data-lines]"), first = box.closest("[data-line]"), column = boxes(first).indexOf(box);
    let at = all(lines).indexOf(first);
    cells(text).forEach((row) => {
      ensure(lines, at + 1);
      const to = boxes(all(lines)[at]).slice(column);
      row.forEach((value, n) => { if (to[n]) put(to[n], value); });
      at++;
    });
  });

  // Enter, as a scanner sends it, moves on and does not send the form.
  function on(box) {
    const line = box.closest("[data-line]");
    if (line) {
      const here = boxes(line), rest = here.slice(here.indexOf(box) + 1).filter((b) => !b.readOnly && !b.disabled);
      const open = rest.find((b) => b.required && b.value === "") || (box.hasAttribute("data-code") ? null : rest[0]);
      if (open) { open.focus(); return true; }
      const next = line.nextElementSibling || add(line.closest("[data-lines]"));
      const same = boxes(next)[box.hasAttribute("data-code") ? here.indexOf(box) : 0];
      (same || boxes(next)[0]).focus();
      return true;
    }
    const form = box.form, open = [...form.querySelectorAll(".fields input:not([type=hidden]), .fields select, .fields textarea")].filter((b) => !b.disabled && !b.readOnly);
    const next = open[open.indexOf(box) + 1];
    if (next) { next.focus(); return true; }
    return false;
  }
  H.on("keydown", "[data-line] input, [data-line] select, input[data-code], [data-picker] input[role=combobox]", (e, box) => {
    if (e.key !== "Enter" || e.isComposing || e.defaultPrevented) return;
    if (on(box)) e.preventDefault();
  });
  H.moveOn = on;
  H.lines = { ensure, number, dress };
})(window.Houqin);
