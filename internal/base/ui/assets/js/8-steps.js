// The steps of a record that are taken one after another without a network: the page
// carries the table of steps, and after each one that waits to be sent it offers
// those that come next.
(function (H) {
  "use strict";
  if (!H.offline) return;
  const words = () => H.words();

  // mark says in a card of a list what waits for its record.
  function mark(record, acts) {
    document.querySelectorAll('a.row-link[href="' + CSS.escape(record).replace(/\\/g, "") + '"]').forEach((link) => {
      const card = link.closest(".job, tr");
      if (!card) return;
      let said = card.querySelector("[data-marked]");
      if (!said) {
        said = Object.assign(document.createElement("p"), { className: "hint" });
        said.dataset.marked = "";
        link.parentElement.after(said);
      }
      said.textContent = H.offline.fill(words().waitsStep, acts.map((a) => a.what.split(" · ")[0]).join(" → "));
      card.querySelectorAll(".buttons").forEach((b) => { b.hidden = true; });
    });
  }

  // state is where the record stands once what waits has been taken.
  function state(table, acts) {
    let at = table.dataset.state;
    acts.forEach((a) => {
      const step = table.content.querySelector('[data-step="' + a.step + '"]');
      if (step && step.dataset.to) at = step.dataset.to;
    });
    return at;
  }

  function draw(table, acts, past) {
    const place = document.querySelector("[data-steps]");
    if (!place) return;
    const at = state(table, past.concat(acts));
    const drawn = acts.map((a) => a.n + a.state).join(",") + at, refused = acts.find((a) => a.state === "refused");
    if (place.dataset.drawn === drawn) return;
    place.dataset.drawn = drawn;
    const said = Object.assign(document.createElement("p"), { className: "notice notice-soon" });
    said.textContent = H.offline.fill(words().waitsStep, acts.map((a) => a.what.split(" · ")[0] + " " + H.offline.when(a.at)).join(" → "));
    if (refused) {
      said.className = "notice notice-danger";
      const text = document.createElement("div");
      text.append(H.offline.fill(words().waitsNot, refused.what.split(" · ")[0]), refused.say ? words().colon + refused.say : "", " ", Object.assign(document.createElement("a"), { href: "/offline", textContent: words().waitsDecide }));
      said.replaceChildren(text);
    }
    place.textContent = "";
    if (acts.length) place.append(said);
    table.content.querySelectorAll("[data-step]").forEach((step) => {
      if (!step.dataset.from.split(" ").includes(at)) return;
      const part = step.firstElementChild.cloneNode(true);
      part.querySelectorAll("form").forEach(H.offline.anew);
      place.append(part);
    });
    H.lines.dress(place);
    H.signatures(place);
  }

  // alone hides a form of which one already waits, such as the signature under many.
  function alone(acts) {
    document.querySelectorAll("input[name=_alone]").forEach((mark) => {
      const form = mark.form, act = acts.find((a) => a.url === form.getAttribute("action"));
      let said = form.previousElementSibling && form.previousElementSibling.matches("[data-alone]") ? form.previousElementSibling : null;
      form.hidden = !!act;
      if (!act) { if (said) H.offline.reload(); return; }
      if (!said) { said = Object.assign(document.createElement("p"), { className: "notice notice-soon" }); said.dataset.alone = ""; form.before(said); }
      said.textContent = H.offline.fill(words().waitsStep, act.what + " " + H.offline.when(act.at));
    });
  }

  // since are the steps that arrived after the page was kept: it does not show them yet.
  const since = async (record) => (document.body.dataset.kept ? await H.offline.ask("sent") || [] : []).filter((s) => s.record === record && s.came > Number(document.body.dataset.kept)).reverse();

  async function look() {
    if (H.offline.mending) return;
    const acts = await H.offline.ask("acts") || [], table = document.querySelector("template[data-table]");
    const records = new Set(acts.map((a) => a.record).filter(Boolean));
    records.forEach((record) => mark(record, acts.filter((a) => a.record === record)));
    const here = table ? acts.filter((a) => a.record === table.dataset.table) : [];
    const place = document.querySelector("[data-steps]"), past = table ? await since(table.dataset.table) : [];
    alone(acts);
    // What somebody is filling in stays as it is until they are through with it.
    if (place && "sure" in place.dataset && H.offline.busy()) return;
    if (here.length || past.length) draw(table, here, past);
    if (place) place.dataset.sure = ""; // until then a kept page hides what it was drawn with
    if (here.length || past.length) return;
    if (place && place.dataset.drawn) H.offline.reload(); // all of it has been sent
    else if (document.querySelector("[data-marked]") && ![...records].length) H.offline.reload();
  }
  H.offline.looks.push(look);
  document.addEventListener("toggle", (e) => { if (e.target.matches && e.target.matches("details.ask:not([open])")) look().catch(() => {}); }, true);
  document.addEventListener("htmx:afterSettle", () => { look().catch(() => {}); });
})(window.Houqin);
