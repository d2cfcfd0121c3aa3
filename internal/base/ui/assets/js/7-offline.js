// Working without a network, on phones. The service worker keeps pages and what was
// done; here the page says so, names whose phone it is, and shows what waits.
(function (H) {
  "use strict";
  const sw = navigator.serviceWorker;
  const none = Promise.resolve(null);
  const fill = (text, value) => text.replace("%", () => value);
  const random = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
  const when = (at) => new Intl.DateTimeFormat(document.documentElement.lang, { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" }).format(Number(at));

  // ask puts a question to the worker; null where there is none. A browser may put its
  // worker to sleep just then: what is only looked up is asked again.
  const worker = () => (!sw ? none : sw.controller ? Promise.resolve(sw.controller) : sw.getRegistration("/").then((reg) => reg && reg.active));
  const looked = ["who", "acts", "pages", "typed", "body", "sent"];
  const ask = (what, data) => worker().then((to) => to && new Promise((ok, bad) => {
    const put = () => {
      const line = new MessageChannel();
      line.port1.onmessage = (e) => { clearInterval(again); if (e.data.error) bad(new Error(e.data.error)); else ok(e.data.value); };
      to.postMessage(Object.assign({ ask: what }, data), [line.port2]);
    };
    const again = looked.includes(what) ? setInterval(put, 4000) : 0;
    put();
  }));
  // reload loads the page again, unless its person is just leaving it: that would bring them back.
  let left = -Infinity;
  window.addEventListener("beforeunload", () => { left = performance.now(); });
  const reload = () => { if (performance.now() - left > 10000) location.reload(); };
  H.offline = { ask, fill, random, when, reload, looks: [] };

  // enter tells the worker who has come, and gives it their key.
  async function enter(person) {
    const answer = await fetch("/offline/key", { method: "POST", headers: { Accept: "application/json", "Houqin-Person": person } });
    if (!answer.ok) return;
    const { key } = await answer.json(), home = document.querySelector(".top-name");
    await ask("enter", { person, key, lang: document.documentElement.lang, home: home ? home.getAttribute("href") : "/" });
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
  }

  // bar is the line at the top of the page that says how things stand.
  function bar(text, tone, leads, to) {
    const main = document.getElementById("main");
    let box = document.getElementById("offline-bar");
    if (!text) { if (box) box.remove(); return; }
    if (!box) {
      box = document.createElement("div");
      box.id = "offline-bar";
      box.setAttribute("role", "status");
      main.prepend(box);
    }
    box.className = "notice notice-" + tone;
    box.textContent = "";
    const words = document.createElement("div");
    words.append(text);
    if (leads) { const a = document.createElement("a"); a.href = to || "/offline"; a.textContent = leads; words.append(" ", a); }
    box.append(words);
  }

  // look shows anew what waits: on the line at the top, at the way out, and where a
  // page has parts of its own.
  async function look() {
    const now = await ask("who");
    if (!now) return now;
    const words = H.words(), kept = document.body.dataset.kept, door = document.querySelector(".door");
    document.querySelectorAll("form[data-sign-out]").forEach((form) => {
      const unsent = form.querySelector("[name=unsent]");
      if (now.waiting) form.dataset.confirm = fill(words.unsent, now.waiting); else delete form.dataset.confirm;
      if (now.all && !unsent) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "unsent", value: "1" }));
      if (!now.all && unsent) unsent.remove();
    });
    const waits = now.refused ? fill(words.waitsRefused, now.refused) : now.waiting ? fill(words.waits, now.waiting) : "";
    if (door) bar(now.all ? fill(words.waitsDoor, now.all) : "", "soon");
    else if (now.ended && now.ended === document.body.dataset.person) bar(fill(words.waitsEnded, now.all), "danger", words.waitsSignIn, "/sign-in?back=" + encodeURIComponent(location.pathname));
    else if (kept) bar(fill(words.kept, when(kept)), "soon", waits || words.waitsNone);
    else if (document.querySelector("[data-queue]")) bar("");
    else if (now.waiting || !now.sent) bar(waits && words.waitsHere, now.refused ? "danger" : "soon", waits);
    else bar(fill(words.waitsSent, now.sent), "done", words.waitsLook);
    for (const act of H.offline.looks) await act(now);
    document.body.dataset.looked = "";
    document.body.dataset.waiting = now.waiting || "";
    return now;
  }
  H.offline.look = look;

  // Who leaves before the page knows what waits is held until it does, to be warned.
  document.addEventListener("submit", (e) => {
    const form = e.target;
    if (!sw || !sw.controller || !form.matches("form[data-sign-out]") || "looked" in document.body.dataset) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    look().catch(() => {}).then(() => { document.body.dataset.looked = ""; form.requestSubmit(); });
  }, true);

  const busy = () => document.querySelector("details.ask[open], input:not([type=checkbox]):focus, textarea:focus, select:focus, dialog[open]");
  H.offline.busy = busy;
  async function send() {
    const end = await ask("send");
    // The network is back: a page as last seen makes room for the real one.
    if (end && end !== "later" && document.body.dataset.kept && !busy()) reload();
    return end;
  }
  H.offline.send = send;

  async function begin() {
    const { person, kept, also } = document.body.dataset, keep = document.body.hasAttribute("data-keep");
    if (kept) {
      // A kept page may be used many times: each use is an act of its own, and what
      // must be filled in is asked for here, since nobody else can say so now.
      document.querySelectorAll("#flash .notice-done").forEach((n) => n.remove());
      document.querySelectorAll("form").forEach(H.offline.anew);
    } else if (keep && window.matchMedia("(pointer: coarse)").matches) {
      await sw.register("/worker.js", { scope: "/", updateViaCache: "none" });
      await sw.ready;
    }
    let now = await ask("who");
    if (!now) return;
    const other = person !== now.person;
    if (!kept && person && (other || now.lang !== document.documentElement.lang)) { if (keep || now.all) await enter(person); else if (other) await ask("leave"); }
    if (!kept && !person && document.querySelector(".door")) await ask("leave");
    now = await look();
    if (!kept && keep) ask("fetch", { urls: [location.pathname + location.search].concat((also || "").split(" ").filter(Boolean)) });
    if (now && now.waiting) send();
  }
  // said is a form in its person's words: what they read beside each field, and what
  // they wrote or chose there. It is what they see again while the form waits.
  const tidy = (text) => (text || "").replace(/\s+/g, " ").replace(/\s*\*$/, "").trim();
  function said(form) {
    const lines = [];
    [...form.elements].forEach((el) => {
      const box = el.type === "radio" || el.type === "checkbox";
      if (!el.name || el.name.startsWith("_") || el.disabled || /^(hidden|file|submit|button|fieldset)$/.test(el.type) || (box && !el.checked)) return;
      const own = tidy(el.labels && el.labels[0] ? el.labels[0].innerText : el.getAttribute("aria-label")), head = box && el.closest("fieldset") && el.closest("fieldset").querySelector("legend");
      const value = box ? own : tidy(el.tagName === "SELECT" ? el.value && el.selectedOptions[0].text : el.value);
      if (value) lines.push([head ? tidy(head.innerText) : own, value]);
    });
    return JSON.stringify(lines).length < 8000 ? JSON.stringify(lines) : JSON.stringify(lines.map(([label, value]) => [label, value.slice(0, 200)]).slice(0, 30));
  }
  const put = (form, name, value) => {
    const there = form.querySelector("input[name=" + name + "]") || form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name }));
    there.value = value;
  };
  // label writes on a form whose it is, and what it says; both go with it.
  H.offline.label = (form) => { put(form, "_who", document.body.dataset.person || ""); put(form, "_shown", said(form)); };
  document.addEventListener("submit", (e) => { if (sw && sw.controller && e.target.querySelector("input[name=_offline]")) H.offline.label(e.target); }, true);

  H.offline.anew = (form) => {
    const key = form.querySelector("input[name=_key]");
    if (!key) return;
    key.value = random();
    form.addEventListener("submit", (e) => {
      const empty = [...form.elements].find((el) => el.required && !el.closest("[data-lines]") && !el.checkValidity());
      if (empty) { e.preventDefault(); e.stopPropagation(); empty.reportValidity(); }
    });
  };

  if (!sw) return;
  sw.onmessage = (e) => { if (e.data && e.data.queue) look(); };
  // A network that has just come back may not carry yet: it is tried again soon, and then now and then.
  const soon = (left) => send().then((end) => { if (end === "later" && left) setTimeout(soon, 3000, left - 1); });
  window.addEventListener("online", () => soon(3));
  setInterval(() => { if (!document.hidden && (document.body.dataset.kept || document.body.dataset.waiting)) send(); }, 20000);
  H.ready(() => begin().catch((e) => console.error("offline: " + e)));
})(window.Houqin);
