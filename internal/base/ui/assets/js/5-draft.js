// What was typed stays on this device, under the person's own name, until it was
// sent and taken. Passwords, files and signatures are never kept.
(function (H) {
  "use strict";
  const prefix = "houqin.draft.";
  const tab = (() => { try { return sessionStorage["houqin.tab"] || (sessionStorage["houqin.tab"] = Math.random().toString(36).slice(2)); } catch (e) { return ""; } })();
  const keyOf = (form) => prefix + form.dataset.draft + "|" + (form.getAttribute("action") || location.pathname) + "|" + form.getAttribute("id");
  const readAt = (key) => { try { return JSON.parse(H.store.get(key)); } catch (e) { return null; } };
  const writeAt = (key, draft) => H.store.set(key, JSON.stringify(draft));
  const wanted = (el) => el.name && !el.name.startsWith("_") && !["password", "file", "submit", "button"].includes(el.type)
    && !(el.type === "hidden" && !el.hasAttribute("data-picked")) && !el.disabled;

  function typed(form) {
    const seen = {};
    return [...form.elements].filter(wanted).map((el) => {
      const box = el.type === "checkbox" || el.type === "radio";
      const n = (seen[el.name] = (seen[el.name] || 0) + 1) - 1;
      return box ? [el.name, n, el.checked] : [el.name, n, el.value];
    });
  }
  // What picked things told about themselves: units, stock.
  const said = (form) => [...form.querySelectorAll("[data-fill]")].map((el) => el.textContent);
  function restore(form, { values, told }) {
    form.querySelectorAll("[data-lines]").forEach((lines) => {
      const name = lines.dataset.lines, most = Math.max(0, ...values.map(([n]) => (n.startsWith(name + ".") ? parseInt(n.slice(name.length + 1), 10) + 1 : 0)));
      H.lines.ensure(lines, most);
    });
    values.forEach(([name, n, value]) => {
      const el = [...form.elements].filter((x) => x.name === name && wanted(x))[n];
      if (!el || el.readOnly) return;
      if (typeof value === "boolean") el.checked = value; else el.value = value;
      const picker = el.hasAttribute("data-picked") && el.closest("[data-picker]");
      if (picker) picker.classList.toggle("picked", !!value);
    });
    form.querySelectorAll("[data-fill]").forEach((el, n) => { if (told && told[n] !== undefined) el.textContent = told[n]; });
  }
  function notice(form, key) {
    const box = document.createElement("div"), text = document.createElement("span"), out = document.createElement("button");
    box.className = "notice notice-soon draft-note"; box.setAttribute("role", "status");
    text.textContent = H.words().restored;
    out.type = "button"; out.className = "btn"; out.textContent = H.words().discard;
    out.addEventListener("click", () => { H.store.drop(key); location.reload(); });
    box.append(text, out);
    form.prepend(box);
  }

  H.ready(() => {
    const door = document.querySelector(".door"), failed = document.body.hasAttribute("data-failed");
    const taken = document.querySelector("#flash .notice-done");
    const here = new Set([...document.querySelectorAll("form[data-draft]")].map(keyOf));
    // What this tab sent and where it ended up: refused at the door, failed, or taken.
    H.store.keys().filter((k) => k.startsWith(prefix)).forEach((key) => {
      const draft = readAt(key);
      if (!draft || draft.state !== "sent" || draft.tab !== tab) return;
      if (door || failed) writeAt(key, Object.assign(draft, { state: "typed" }));
      else if (taken || !here.has(key)) H.store.drop(key);
    });
    document.querySelectorAll("form[data-draft]").forEach((form) => {
      const key = keyOf(form), draft = readAt(key), first = JSON.stringify(typed(form));
      // A form that came back with complaints carries what was typed itself.
      if (draft && !form.querySelector("[data-complaints]") && JSON.stringify(draft.values) !== first) { restore(form, draft); notice(form, key); }
      let timer = 0;
      const keep = () => {
        const values = typed(form);
        if (JSON.stringify(values) === first && !draft) H.store.drop(key); else writeAt(key, { state: "typed", tab, values, told: said(form) });
      };
      const soon = () => { clearTimeout(timer); timer = setTimeout(keep, 400); };
      form.addEventListener("input", soon);
      form.addEventListener("change", soon);
      form.addEventListener("submit", (e) => { if (!e.defaultPrevented) { clearTimeout(timer); writeAt(key, { state: "sent", tab, values: typed(form), told: said(form) }); } });
      window.addEventListener("pagehide", () => clearTimeout(timer));
    });
  });
  // Leaving on purpose, perhaps from a shared computer, leaves nothing behind.
  H.on("submit", "form[data-sign-out]", () => H.store.keys().filter((k) => k.startsWith(prefix)).forEach(H.store.drop));
})(window.Houqin);
