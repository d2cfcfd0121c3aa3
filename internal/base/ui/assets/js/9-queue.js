// The page of what waits to be sent, and of what the phone keeps.
(function (H) {
  "use strict";
  const page = document.querySelector("[data-queue]");
  if (!H.offline || !page) return;
  const { ask, fill, when } = H.offline;
  const part = (name) => page.querySelector("[data-part=" + name + "]");

  async function open(act, box) {
    const list = box.querySelector("dl");
    list.textContent = "";
    (await ask("typed", { n: act.n }) || []).forEach(({ label, value }) => {
      const said = document.createElement("dd");
      list.append(Object.assign(document.createElement("dt"), { textContent: label || (value instanceof Blob ? page.dataset.picture : "") }));
      if (value instanceof Blob && value.type.startsWith("image/")) {
        const picture = Object.assign(new Image(), { src: URL.createObjectURL(value), alt: value.name || "", width: 120 });
        picture.addEventListener("load", () => URL.revokeObjectURL(picture.src));
        said.append(picture);
      } else said.textContent = value instanceof Blob ? value.name : value;
      list.append(said);
    });
  }

  function row(act, k, acts) {
    const item = part("item").content.firstElementChild.cloneNode(true), say = (name, text) => { item.querySelector("[data-" + name + "]").textContent = text; };
    const refused = act.state === "refused";
    say("what", act.what);
    say("when", when(act.at));
    say("state", refused ? page.dataset.refused : act.record && acts.slice(0, k).some((a) => a.record === act.record && a.state === "refused") ? page.dataset.behind : page.dataset.waiting);
    item.querySelector("[data-state]").className = "state state-" + (refused ? "danger" : "soon");
    say("said", refused ? act.say || page.dataset.unsure : "");
    const mend = item.querySelector("[data-mend]"), note = item.querySelector("[data-aside]");
    if (act.mend) mend.href = act.mend; else mend.remove();
    if (refused && act.aside) {
      note.querySelector("button").classList.toggle("btn-accent", !act.mend && act.status > 0);
      note.addEventListener("submit", async (e) => {
        e.preventDefault();
        const all = await ask("acts") || [];
        ask("aside", { n: act.n, when: Object.fromEntries(all.map((a) => [a.n, when(a.at)])) });
      });
    } else note.remove();
    const show = item.querySelector("[data-show]");
    if (act.record) show.href = refused && act.now && act.status === 404 ? act.now : act.record; else show.remove();
    const again = item.querySelector("[data-again]");
    if (refused) again.addEventListener("click", () => ask("again", { n: act.n })); else again.remove();
    if (!refused) item.querySelector("[data-stays]").remove();
    item.querySelector("[data-drop]").addEventListener("submit", (e) => { e.preventDefault(); ask("drop", { n: act.n }); });
    const more = item.querySelector("details");
    more.addEventListener("toggle", () => { if (more.open) open(act, more); });
    ask("typed", { n: act.n }).then((all) => { if (!all || !all.length) more.remove(); else if (refused) more.open = true; });
    if (refused) H.offline.stands(act, item.querySelector("[data-stands]"));
    return item;
  }

  function arrived(s) {
    const item = part("arrived").content.firstElementChild.cloneNode(true), a = item.querySelector("a");
    item.querySelector("[data-what]").textContent = s.what;
    item.querySelector("[data-when]").textContent = fill(page.dataset.put, when(s.at)) + " · " + fill(page.dataset.came, when(s.came));
    if (s.to) { a.href = s.to; a.textContent = s.said || s.what; } else { a.after(s.said); a.remove(); }
    return item;
  }

  // span says how long something is, roughly.
  const span = (ms) => (ms >= 2 * 86400e3 ? fill(page.dataset.days, Math.round(ms / 86400e3)) : ms >= 2 * 3600e3 ? fill(page.dataset.hours, Math.round(ms / 3600e3)) : fill(page.dataset.minutes, Math.round(ms / 60e3)));

  // asking: the rows stay as they are while their person answers whether they are sure.
  const asking = () => document.querySelector("dialog[open]");
  document.querySelectorAll("dialog").forEach((d) => d.addEventListener("close", () => setTimeout(H.offline.look, 50)));

  async function look(now) {
    const acts = await ask("acts") || [], others = now.all - now.waiting;
    part("count").textContent = acts.length ? fill(page.dataset.count, acts.length) : page.dataset.none;
    if (!asking() && part("list").dataset.drawn !== JSON.stringify(acts)) {
      part("list").dataset.drawn = JSON.stringify(acts);
      part("list").replaceChildren(...acts.map(row));
    }
    part("send").hidden = !acts.length;
    part("ended").hidden = !!now.person || !now.all || !!document.body.dataset.person;
    part("others").textContent = others ? fill(page.dataset.others, others) : "";
    part("clock").hidden = Math.abs(now.ahead) < 120e3;
    part("clock-said").textContent = fill(now.ahead > 0 ? page.dataset.fast : page.dataset.slow, span(Math.abs(now.ahead)));
    const gone = await ask("sent") || [];
    part("sent").hidden = !gone.length;
    part("sent-list").replaceChildren(...gone.map(arrived));
    if (now.sent) ask("seen");
    const kept = await ask("pages") || [];
    part("pages").hidden = !kept.length;
    part("links").replaceChildren(...kept.map((p) => {
      const line = document.createElement("li"), a = document.createElement("a");
      a.href = p.url; a.textContent = p.title || p.url;
      line.append(a, " " + when(p.at));
      return line;
    }));
  }
  H.offline.looks.push(look);

  H.ready(() => {
    const why = document.body.dataset.why, said = page.querySelector('[data-why="' + why + '"]');
    if (said) said.hidden = false;
    if (!navigator.serviceWorker) part("count").textContent = page.dataset.none;
    part("send").addEventListener("click", async () => {
      H.working();
      const end = await H.offline.send();
      H.rest();
      if (end === "later") H.say(page.dataset.later);
      if (end === "door") location.href = "/sign-in?back=%2Foffline";
    });
  });
})(window.Houqin);
