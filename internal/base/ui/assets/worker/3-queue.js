// Acts that wait to be sent: exactly the bytes of the form, in the order in which they
// were done. Each carries its form's key, so that the server does it once however
// often it arrives.

// recordOf is the record that an address acts on; acts on one wait for each other.
const recordOf = (url) => (/^(.*\/[0-9A-Za-z]{20,})(\/|$)/.exec(new URL(url, location.origin).pathname) || ["", ""])[1];
const mine = async (me) => (await shelf.all("act")).filter((a) => a.person === me.person);

// post answers a form that is sent: by the network, else it is put down and sent later.
async function post(event) {
  const request = event.request, copy = request.clone(), me = await who();
  const record = recordOf(request.url);
  const before = me && record && (await mine(me)).some((a) => a.record === record);
  if (!before) {
    try {
      const size = Number(request.headers.get("Content-Length")) || 2e6;
      return await hurry(fetch(request), me ? 15000 + size / 20 : 600000);
    } catch (e) { /* put down below */ }
  }
  const type = request.headers.get("Content-Type") || "", bytes = await copy.arrayBuffer();
  const form = await new Response(bytes, { headers: { "Content-Type": type } }).formData().catch(() => new FormData());
  const what = form.get("_offline");
  if (!me || !what || !form.get("_key")) return shell("unsent");
  try {
    const note = { url: addressOf(request.url), type, what };
    await shelf.put("act", { person: me.person, record, at: phoneClock(), tried: before ? 0 : phoneClock(), state: "waiting", version: "",
      note: await sealed(me, note), body: await seal(me, bytes) });
  } catch (e) { return shell("full"); }
  event.waitUntil(told());
  if (before) event.waitUntil(sendAll());
  else if (self.registration.sync) event.waitUntil(self.registration.sync.register("send").catch(() => {}));
  const back = String(form.get("_back") || record || "/offline");
  return Response.redirect(/^\/[^/\\]/.test(back) ? back : "/offline", 303);
}

// told has every open page look again at what waits.
async function told() {
  for (const c of await self.clients.matchAll({ type: "window" })) c.postMessage({ queue: true });
}

// sendAll sends what waits, one after another; a second call joins the first.
let sending = null;
const sendAll = () => sending || (sending = navigator.locks.request("houqin.send", send).catch(() => "later").finally(() => { sending = null; }));

async function send() {
  const me = await who();
  if (!me) return "door";
  const held = new Set();
  let went = false, end = "all";
  for (const a of await mine(me)) {
    if (a.record && held.has(a.record)) continue;
    if (a.state === "waiting") {
      end = await sendOne(me, a.n);
      went = went || end === "sent";
      if (end === "later" || end === "door") break;
    }
    if ((a.state === "refused" || end === "refused") && a.record) held.add(a.record);
    end = "all";
  }
  if (went || end !== "all") await told();
  return end;
}

// A key is remembered for seven days. What may have arrived longer ago is not sent
// again without a look.
const remembered = 6 * 24 * 3600 * 1000;

async function sendOne(me, n) {
  const a = await shelf.get("act", n);
  if (!a) return "sent";
  const note = await opened(me, a.note);
  const refuse = async (status, say) => {
    Object.assign(note, { status, say });
    await shelf.put("act", Object.assign(a, { state: "refused", note: await sealed(me, note) }));
    return "refused";
  };
  if (a.tried && Math.abs(phoneClock() - a.tried) > remembered) return refuse(0, "");
  const body = await unseal(me, a.body);
  if (!a.tried) await shelf.put("act", Object.assign(a, { tried: phoneClock() }));
  const headers = { "Content-Type": note.type, Accept: "application/json", "Houqin-Person": me.person, "Houqin-Said": String(a.at), "Houqin-Clock": String(phoneClock()) };
  if (a.version) headers["If-Match"] = a.version;
  let answer, data;
  try {
    answer = await hurry(fetch(note.url, { method: "POST", body, headers, redirect: "manual" }), 15000 + body.byteLength / 20);
    data = await answer.json();
  } catch (e) { return "later"; }
  if (!answer.headers.get("X-Request-Id")) return "later"; // somebody else answers here: a guest network's door
  if (answer.ok) {
    await shelf.drop("act", n);
    if (a.record && Number.isInteger(data.version)) await follow(me, a, data.version);
    return "sent";
  }
  if (answer.status === 401) { await leave(); return "door"; }
  if (answer.status === 429 || answer.status === 503 || answer.status === 502 || answer.status === 504) return "later";
  if (answer.status >= 500 && (a.failed = (a.failed || 0) + 1) < 3) { await shelf.put("act", a); return "later"; }
  const say = [data.detail || data.title || ""].concat((data.errors || []).map((f) => f.message)).filter(Boolean);
  return refuse(answer.status, say.join(" · "));
}

// follow tells the next act on the record what its own predecessor made of it.
async function follow(me, sent, version) {
  const next = (await mine(me)).find((a) => a.record === sent.record && a.n > sent.n);
  if (next && !next.version) await shelf.put("act", Object.assign(next, { version: '"' + version + '"' }));
}

// again lets an act that was refused try once more; the person has seen why, so what
// they saw of the record before does not count.
async function again(me, n) {
  const a = await shelf.get("act", n);
  if (!a || a.person !== me.person) return;
  const note = await opened(me, a.note);
  Object.assign(note, { status: 0, say: "" });
  await shelf.put("act", Object.assign(a, { state: "waiting", version: "*", failed: 0, tried: phoneClock(), note: await sealed(me, note) }));
}

async function give(me, n) {
  const a = await shelf.get("act", n);
  if (a && a.person === me.person) await shelf.drop("act", n);
}

// acts are what waits, for the person to see: what, when, and what the server said.
async function acts(me) {
  const list = [];
  for (const a of await mine(me)) {
    const note = await opened(me, a.note);
    list.push({ n: a.n, at: a.at, record: a.record, state: a.state, what: note.what, url: note.url, step: note.url.split("/").pop(), status: note.status || 0, say: note.say || "" });
  }
  return list;
}

// typed is what a waiting form says, to be read by its person: texts, and photos.
async function typed(me, n) {
  const a = await shelf.get("act", n);
  if (!a || a.person !== me.person) return [];
  const note = await opened(me, a.note);
  const form = await new Response(await unseal(me, a.body), { headers: { "Content-Type": note.type } }).formData();
  return [...form].filter(([name, value]) => !/(^_|\.id$)/.test(name) && (value instanceof Blob ? value.size : value.trim()))
    .map(([name, value]) => ({ name, value: value instanceof Blob || !value.startsWith("data:image/png;base64,") ? value : new Blob([Uint8Array.from(atob(value.slice(22)), (c) => c.charCodeAt(0))], { type: "image/png" }) }));
}
