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
    (await ask("typed", { n: act.n }) || []).forEach(({ value }) => {
      const said = document.createElement("dd");
      if (value instanceof Blob && value.type.startsWith("image/")) {
        const picture = Object.assign(new Image(), { src: URL.createObjectURL(value), alt: value.name || "", width: 120 });
        picture.addEventListener("load", () => URL.revokeObjectURL(picture.src));
        said.append(picture);
      } else said.textContent = value instanceof Blob ? value.name : value;
      list.append(said);
    });
  }

  function row(act) {
    const item = part("item").content.firstElementChild.cloneNode(true), say = (name, text) => { item.querySelector("[data-" + name + "]").textContent = text; };
    const refused = act.state === "refused";
    say("what", act.what);
    say("when", when(act.at));
    say("state", refused ? page.dataset.refused : page.dataset.waiting);
    item.querySelector("[data-state]").className = "state state-" + (refused ? "danger" : "soon");
    say("said", refused ? act.say || page.dataset.unsure : "");
    const show = item.querySelector("[data-show]");
    if (act.record) show.href = act.record; else show.remove();
    const again = item.querySelector("[data-again]");
    if (refused) again.addEventListener("click", () => ask("again", { n: act.n })); else again.remove();
    item.querySelector("form").addEventListener("submit", (e) => { e.preventDefault(); ask("drop", { n: act.n }); });
    const more = item.querySelector("details");
    more.addEventListener("toggle", () => { if (more.open) open(act, more); });
    return item;
  }

  async function look(now) {
    const acts = await ask("acts") || [], others = now.all - now.waiting;
    part("count").textContent = acts.length ? fill(page.dataset.count, acts.length) : page.dataset.none;
    if (part("list").dataset.drawn !== JSON.stringify(acts)) {
      part("list").dataset.drawn = JSON.stringify(acts);
      part("list").replaceChildren(...acts.map(row));
    }
    part("send").hidden = !acts.length;
    part("others").textContent = others ? fill(page.dataset.others, others) : "";
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
