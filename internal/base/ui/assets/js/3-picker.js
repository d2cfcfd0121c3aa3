// Picking a person, a place, an item: a few letters, the arrows, Enter. What is
// picked is posted by its id; what is only typed is posted as typed.
(function (H) {
  "use strict";
  const parts = (picker) => ({
    input: picker.querySelector("input[role=combobox]"), id: picker.querySelector("[data-picked]"), list: picker.querySelector("[role=listbox]"),
  });
  const asked = new WeakMap(); // picker → number of its last question
  let timer = 0;

  // near finds a field by its name: in the same line of a table first, then in the form.
  function near(el, name) {
    const line = el.closest("[data-line]"), ends = (i) => i.name.endsWith("." + name);
    return (line && [...line.querySelectorAll("[name]")].find(ends)) || (el.form && el.form.elements[name]) || null;
  }
  function address(picker, q) {
    const { input } = parts(picker), url = new URL(picker.dataset.picker, location.href);
    url.searchParams.set("q", q);
    (picker.dataset.with || "").split(" ").filter(Boolean).forEach((name) => {
      const f = near(input, name + ".id") || near(input, name);
      if (f && f.value) url.searchParams.set(name, f.value);
    });
    return url;
  }
  function ask(picker, q) {
    if (!picker.dataset.picker) return;
    const n = (asked.get(picker) || 0) + 1;
    asked.set(picker, n);
    fetch(address(picker, q), { headers: { Accept: "application/json" } })
      .then((r) => (r.ok ? r.json() : []))
      .then((found) => { if (asked.get(picker) === n && document.activeElement === parts(picker).input) show(picker, found || [], q); })
      .catch(() => {});
  }
  function show(picker, found, q) {
    const { input, list } = parts(picker);
    list.textContent = "";
    found.forEach((o, n) => {
      const row = document.createElement("span");
      row.className = "picker-option";
      row.id = list.id + "-" + n;
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", "false");
      row.append(Object.assign(document.createElement("span"), { textContent: o.label }));
      if (o.hint) row.append(Object.assign(document.createElement("small"), { textContent: o.hint }));
      row.addEventListener("mousedown", (e) => e.preventDefault()); // the field keeps the focus
      row.addEventListener("click", () => pick(picker, o));
      row.option = o;
      list.append(row);
    });
    if (!found.length) {
      if (!q) { close(picker); return; }
      list.append(Object.assign(document.createElement("span"), { className: "picker-none", textContent: H.words().foundNone }));
    }
    list.hidden = false;
    list.tabIndex = -1; // a list that scrolls is no stop for Tab
    list.answers = q;
    input.setAttribute("aria-expanded", "true");
    if (found.length && q) mark(picker, 0);
  }
  function mark(picker, n) {
    const { input, list } = parts(picker), rows = [...list.querySelectorAll(".picker-option")];
    if (!rows.length) return;
    n = (n + rows.length) % rows.length;
    rows.forEach((r, i) => r.setAttribute("aria-selected", String(i === n)));
    rows[n].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", rows[n].id);
  }
  const marked = (list) => [...list.querySelectorAll(".picker-option")].findIndex((r) => r.getAttribute("aria-selected") === "true");
  function close(picker) {
    const { input, list } = parts(picker);
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }
  function pick(picker, o) {
    const { input, id } = parts(picker);
    input.value = o.label; id.value = o.id;
    picker.classList.add("picked");
    asked.set(picker, (asked.get(picker) || 0) + 1);
    close(picker);
    // An answer may know more: the unit and the price of an item, the ward of a room.
    Object.entries(o.fill || {}).forEach(([name, value]) => {
      const f = near(input, name);
      if (f) { f.value = value; f.dispatchEvent(new Event("input", { bubbles: true })); }
      const said = (input.closest("[data-line]") || input.form).querySelector('[data-fill="' + CSS.escape(name) + '"]');
      if (said) said.textContent = value;
    });
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  H.on("input", "[data-picker] input[role=combobox]", (e, input) => {
    const picker = input.closest("[data-picker]");
    parts(picker).id.value = "";
    picker.classList.remove("picked");
    clearTimeout(timer);
    timer = setTimeout(() => ask(picker, input.value.trim()), 150);
  });
  H.on("focusin", "[data-picker] input[role=combobox]", (e, input) => {
    const picker = input.closest("[data-picker]");
    if (!input.readOnly && !input.value && !picker.querySelector(".favour")) ask(picker, "");
  });
  // The first click into a field that holds a record marks it whole: what is typed next
  // takes its place, as it does after Tab.
  let fresh = null;
  H.on("mousedown", "[data-picker] input[role=combobox]", (e, input) => { fresh = document.activeElement !== input ? input : null; });
  H.on("click", "[data-picker] input[role=combobox]", (e, input) => {
    if (fresh === input && parts(input.closest("[data-picker]")).id.value) input.select();
    fresh = null;
  });
  // settle: typed in full, or scanned, and left at once. When the answer is one
  // thing only, that is what was meant.
  function settle(picker) {
    const { input, id } = parts(picker), q = input.value.trim();
    if (!q || id.value || input.readOnly || !picker.dataset.picker) return;
    clearTimeout(timer);
    fetch(address(picker, q), { headers: { Accept: "application/json" } })
      .then((r) => (r.ok ? r.json() : []))
      .then((found) => {
        if (input.value.trim() !== q || id.value) return;
        const same = (found || []).filter((o) => o.label === q), one = same.length === 1 ? same[0] : found && found.length === 1 && found[0];
        if (one) pick(picker, one);
      })
      .catch(() => {});
  }
  H.on("focusout", "[data-picker] input[role=combobox]", (e, input) => {
    const picker = input.closest("[data-picker]");
    close(picker);
    settle(picker);
  });
  H.on("keydown", "[data-picker] input[role=combobox]", (e, input) => {
    const picker = input.closest("[data-picker]"), { list } = parts(picker), at = marked(list);
    if (e.isComposing) return;
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      if (list.hidden) ask(picker, parts(picker).id.value ? "" : input.value.trim());
      else mark(picker, e.key === "ArrowDown" ? at + 1 : (at < 0 ? 0 : at) - 1);
    } else if (e.key === "Enter" && !list.hidden && at >= 0) {
      e.preventDefault(); e.stopPropagation();
      pick(picker, list.querySelectorAll(".picker-option")[at].option);
    } else if (e.key === "Tab" && !list.hidden && at >= 0 && list.answers === input.value.trim()) {
      pick(picker, list.querySelectorAll(".picker-option")[at].option); // and Tab goes on
    } else if (e.key === "Escape" && !list.hidden) {
      e.preventDefault(); e.stopPropagation();
      close(picker);
    }
  }, true);
  H.on("click", "[data-pick]", (e, b) => pick(b.closest("[data-picker]"), { id: b.dataset.pick, label: b.textContent.trim() }));
  H.ready(() => document.querySelectorAll("[data-picker]").forEach((p) => p.classList.toggle("picked", !!parts(p).id.value)));
})(window.Houqin);
