// A form that was sent later and refused is filled in again where it stood, with all
// that was in it, to be put right and to wait in its old place.
(function (H) {
  "use strict";
  if (!H.offline) return;
  const { ask, fill } = H.offline, words = () => H.words();
  const place = () => /^#mend-(\d+)$/.exec(location.hash);
  if (place()) H.offline.mending = true; // the page stands still meanwhile

  // find is the form of an act on this page: one that stands there, else one of the
  // table of steps.
  function find(act) {
    const is = (form) => form.getAttribute("action") === act.url;
    const here = [...document.forms].find(is);
    if (here) return here;
    const table = document.querySelector("template[data-table]"), steps = document.querySelector("[data-steps]");
    const step = table && steps && [...table.content.querySelectorAll("[data-step]")].find((s) => [...s.querySelectorAll("form")].some(is));
    if (!step) return null;
    const part = step.firstElementChild.cloneNode(true);
    steps.replaceChildren(part);
    part.querySelectorAll("form").forEach(H.offline.anew);
    H.lines.dress(steps);
    H.signatures(steps);
    return [...steps.querySelectorAll("form")].find(is);
  }

  // refill puts back what was in a form, photos and signature too.
  function refill(form, was) {
    form.querySelectorAll("[data-lines]").forEach((lines) => {
      const before = lines.dataset.lines + ".";
      H.lines.ensure(lines, Math.max(0, ...was.map(([name]) => (name.startsWith(before) ? parseInt(name.slice(before.length), 10) + 1 : 0))));
    });
    const taken = {};
    [...form.elements].forEach((el) => {
      if (!el.name || el.name.startsWith("_") || /^(submit|button|fieldset)$/.test(el.type)) return;
      const values = was.filter(([name]) => name === el.name).map(([, value]) => value);
      if (el.type === "radio" || el.type === "checkbox") { el.checked = values.includes(el.value); return; }
      if (el.type === "file") {
        const all = new DataTransfer();
        values.filter((f) => f instanceof Blob && f.size).forEach((f) => all.items.add(f));
        el.files = all.files;
        el.dispatchEvent(new Event("change", { bubbles: true }));
        return;
      }
      const drawn = el.closest("[data-signature]"), isDrawn = values[0] && String(values[0]).startsWith("data:");
      if (drawn) {
        el.disabled = el.hasAttribute("data-typed") === !!isDrawn;
        if (!el.disabled) el.value = values[0] || "";
        return;
      }
      const k = (taken[el.name] = (taken[el.name] || 0) + 1) - 1;
      if (k < values.length) el.value = values[k];
      const picker = el.hasAttribute("data-picked") && el.closest("[data-picker]");
      if (picker) picker.classList.toggle("picked", !!el.value);
    });
  }

  async function begin(n) {
    const act = (await ask("acts") || []).find((a) => a.n === n && a.mend);
    if (!act) { location.replace("/offline"); return; }
    const form = find(act), box = document.createElement("div");
    box.className = "notice notice-danger";
    box.setAttribute("role", "alert");
    if (!form) {
      box.append(words().mendNone, " ", Object.assign(document.createElement("a"), { href: "/offline", textContent: words().waitsDecide }));
      document.getElementById("main").prepend(box);
      return;
    }
    const steps = document.querySelector("[data-steps]");
    if (steps) steps.dataset.sure = "";
    for (let d = form.closest("details"); d; d = d.parentElement.closest("details")) d.open = true;
    refill(form, await ask("body", { n }) || []);
    box.textContent = fill(words().mendWhy, act.say);
    form.prepend(box);
    const now = Object.assign(document.createElement("div"), { hidden: true });
    box.after(now);
    H.offline.stands(act, now);
    act.wrong.forEach(({ field }) => [...form.elements].filter((el) => el.name === field || el.name.startsWith(field + ".")).forEach((el) => el.setAttribute("aria-invalid", "true")));
    box.scrollIntoView({ block: "start" });
    form.addEventListener("submit", async (e) => {
      e.preventDefault();
      e.stopImmediatePropagation();
      const empty = [...form.elements].find((el) => el.required && !el.closest("[data-lines]") && !el.checkValidity());
      if (empty) { empty.reportValidity(); return; }
      H.offline.label(form);
      const made = new Response(new FormData(form, e.submitter)), type = made.headers.get("Content-Type");
      H.working();
      await ask("mend", { n, type, body: await made.arrayBuffer() });
      location.href = "/offline";
    }, true);
  }
  H.ready(() => { if (place()) begin(Number(place()[1])).catch((e) => console.error("mending: " + e)); });
})(window.Houqin);
