// The service worker stands between the pages and the network. It is fetched from one
// fixed address, anew at every start; a new version takes over at once.
self.addEventListener("install", (e) => e.waitUntil((async () => {
  const c = await caches.open(cacheName);
  await c.addAll(cachedFiles);
  await self.skipWaiting();
})()));

self.addEventListener("activate", (e) => e.waitUntil((async () => {
  for (const name of await caches.keys()) if (name !== cacheName) await caches.delete(name);
  await self.clients.claim();
  await keepShell();
})()));

// keepShell keeps the page that needs no network, as nobody sees it, in the language
// of whose phone this is.
async function keepShell() {
  const me = await who();
  const answer = await fetch("/offline", { credentials: "omit", headers: { "Accept-Language": (me && me.lang) || "zh" } });
  if (answer.ok) await (await caches.open(cacheName)).put("/offline", answer);
}

self.addEventListener("fetch", (e) => {
  const r = e.request, u = new URL(r.url);
  if (u.origin !== location.origin) return;
  if (r.method === "GET" && u.pathname.startsWith("/assets/")) e.respondWith(caches.match(r, { ignoreVary: true }).then((kept) => kept || fetch(r)));
  else if (r.mode !== "navigate") return;
  else if (r.method === "POST" && u.pathname === "/sign-out") e.respondWith(signOut(r));
  else if (r.method === "POST") e.respondWith(post(e));
  else if (r.method === "GET") e.respondWith(page(e));
});

// signOut clears the phone first. Without a network the session itself is ended as
// soon as there is one.
async function signOut(request) {
  await leave();
  try { return await hurry(fetch(request), 15000); } catch (e) {
    await shelf.put("who", true, "left");
    return shell("left");
  }
}
const reached = () => hurry(fetch("/healthz"), 8000).then(async (a) => { const ours = a.ok && a.headers.has("X-Request-Id"); if (ours) { letDown = -Infinity; await heard(a); } return ours; }).catch(() => false);
async function endSession() {
  if (!await shelf.get("who", "left")) return;
  const answer = await hurry(fetch("/sign-out", { method: "POST", body: new URLSearchParams({ unsent: "1" }), redirect: "manual" }), 8000);
  if (answer.status < 500) await shelf.drop("who", "left");
}

self.addEventListener("sync", (e) => { if (e.tag === "send") e.waitUntil(sendAll().then((end) => { if (end === "later") throw new Error(end); })); });

// What the pages ask, each answered on its own port.
const answers = {
  who: async () => {
    const me = await who(), own = me ? await mine(me) : [], sent = await shelf.all("sent");
    return { person: me ? me.person : "", lang: me ? me.lang : "", waiting: own.length, refused: own.filter((a) => a.state === "refused").length, all: (await shelf.all("act")).length,
      sent: me ? sent.filter((s) => !s.seen).length : 0, ahead: await shelf.get("who", "ahead") || 0, ended: await shelf.get("who", "ended") || "" };
  },
  enter: async (d) => { await enter(d); await keepShell().catch(() => {}); },
  leave: () => leave(),
  fetch: (d) => fetchPages(d.urls).catch(() => {}),
  pages: async () => { const me = await who(); return me ? pages(me) : []; },
  acts: async () => { const me = await who(); return me ? acts(me) : []; },
  typed: async (d) => { const me = await who(); return me ? typed(me, d.n) : []; },
  body: async (d) => { const me = await who(); return me ? body(me, d.n) : []; },
  sent: async () => { const me = await who(); return me ? sent(me) : []; },
  seen: () => seen(),
  mend: async (d) => { const me = await who(), done = me && await mended(me, d.n, d.type, d.body); await told(); if (done) sendAll(); return !!done; },
  aside: async (d) => { const me = await who(); if (me) await aside(me, d.n, d.when || {}); await told(); return sendAll(); },
  again: async (d) => { const me = await who(); if (me) await again(me, d.n); await told(); return sendAll(); },
  drop: async (d) => { const me = await who(); if (me) await give(me, d.n); await told(); return sendAll(); },
  // Whether there is a network is known from an answer of the server's own, not from the phone.
  send: async () => { if (!await reached()) return "later"; await endSession(); return sendAll(); },
};
self.onmessage = (e) => {
  const ask = Object.hasOwn(answers, e.data.ask) && answers[e.data.ask];
  if (!ask || !e.ports[0]) return;
  e.waitUntil(Promise.resolve(ask(e.data)).then((value) => e.ports[0].postMessage({ value }), (err) => e.ports[0].postMessage({ error: String(err) })));
};
