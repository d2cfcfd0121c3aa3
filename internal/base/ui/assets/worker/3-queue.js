// Acts that wait to be sent: exactly the bytes of the form, in the order in which they
// were done. Each carries its form's key, so that the server does it once however
// often it arrives.

// recordOf is the record that an address acts on; acts on one wait for each other.
const recordOf = (url) => (/^(.*\/[0-9A-Za-z]{20,})(\/|$)/.exec(new URL(url, location.origin).pathname) || ["", ""])[1];
const mine = async (me) => (await shelf.all("act")).filter((a) => a.person === me.person);

// keptBack puts down what went by the network just now: when its answer leads to the door, because
// the session has ended, nothing of it was taken, and its photos are in no other place.
let keptBack = null;
async function atDoor(url) {
  const put = keptBack, at = new URL(url);
  keptBack = null;
  if (put && at.pathname === "/sign-in" && at.searchParams.has("lost")) await put();
}

// firstShown is the first thing that somebody chose or wrote in a form, in the words of its page.
function firstShown(form) {
  try { return JSON.parse(form.get("_shown"))[0][1]; } catch (e) { return ""; }
}

// post answers a form that is sent: by the network, else it is put down and sent later. What
// cannot be put down goes by the network or not at all, also where something waits.
async function post(event) {
  const request = event.request, copy = request.clone(), me = await who();
  const record = recordOf(request.url), type = request.headers.get("Content-Type") || "", bytes = await copy.arrayBuffer();
  const form = await new Response(bytes, { headers: { "Content-Type": type } }).formData().catch(() => new FormData());
  const what = form.get("_offline"), of = form.get(form.get("_of") || "_") || (form.get("_of") && firstShown(form)), whose = form.get("_who");
  const may = me && what && form.get("_key") && (!whose || whose === me.person); // else the page is still that of who was here before
  const before = may && record && (await mine(me)).some((a) => a.record === record);
  const putDown = async () => {
    try {
      const note = { url: addressOf(request.url), type, what: of ? what + " · " + of : what, aside: form.get("_aside") || "", now: form.get("_now") || "", page: record || form.get("_back") || "", filled: (form.get("_shown") || "[]") !== "[]" };
      await shelf.put("act", { person: me.person, record, at: phoneClock(), tried: before ? 0 : phoneClock(), state: "waiting", version: "",
        note: await sealed(me, note), body: await seal(me, bytes) });
      return true;
    } catch (e) { return false; }
  };
  if (!before) {
    try {
      const long = bytes.byteLength / 20, answer = await (may ? heed(fetch(request), 15000 + long, 4000 + long) : hurry(fetch(request), me ? 60000 + long : 600000));
      if (may) keptBack = putDown; // until its answer leads anywhere but to the door
      if (!may || !shut(answer)) return answer;
    } catch (e) {
      if (!may) return shell(me && whose && whose !== me.person ? "another" : "unsent");
    }
  }
  const back = String(form.get("_back") || record || "/offline");
  if (!await putDown()) return shell("full");
  event.waitUntil(told());
  if (before) event.waitUntil(sendAll());
  else if (self.registration.sync) event.waitUntil(self.registration.sync.register("send").catch(() => {}));
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
  const held = new Set(), stale = new Set();
  let went = false, changed = false, end = "all";
  for (const a of await mine(me)) {
    if (a.record && held.has(a.record)) continue;
    if (a.state === "waiting") {
      end = await sendOne(me, a.n);
      changed = changed || end !== "all";
      if (end === "sent") { went = true; stale.add(a.record); }
      if (end === "later" || end === "door") break;
    }
    if ((a.state === "refused" || end === "refused") && a.record) held.add(a.record);
    end = "all";
  }
  if (changed) await told();
  if (went) await hurry(anew(stale), 20000).catch(() => {});
  return end;
}

// anew fetches the kept pages on which what has just been sent is to be seen.
async function anew(records) {
  const keys = await shelf.on("page", "readonly", (s) => s.getAllKeys());
  await fetchPages(keys.filter((at) => records.has(recordOf(at)) || at.endsWith("/mine") || at.endsWith("/ward")), true);
}

// A key is remembered for seven days. What may have arrived longer ago is not sent
// again without a look.
const remembered = 6 * 24 * 3600 * 1000;

async function sendOne(me, n) {
  const a = await shelf.get("act", n);
  if (!a) return "sent";
  const note = await opened(me, a.note);
  const refuse = async (status, say, wrong) => {
    Object.assign(note, { status, say, wrong });
    await shelf.put("act", Object.assign(a, { state: "refused", note: await sealed(me, note) }));
    return "refused";
  };
  if (a.tried && Math.abs(phoneClock() - a.tried) > remembered) return refuse(0, "");
  const body = await unseal(me, a.body);
  if (!a.tried) await shelf.put("act", Object.assign(a, { tried: phoneClock() }));
  const headers = { "Content-Type": note.type, Accept: "application/json", "Accept-Language": me.lang, "Houqin-Person": me.person, "Houqin-Said": String(a.at), "Houqin-Clock": String(phoneClock()) };
  if (a.version) headers["If-Match"] = a.version;
  let answer, data;
  try {
    answer = await hurry(fetch(note.url, { method: "POST", body, headers, redirect: "manual" }), 15000 + body.byteLength / 20);
    data = await answer.json();
  } catch (e) { return "later"; }
  if (!answer.headers.get("X-Request-Id")) return "later"; // somebody else answers here: a guest network's door
  if (answer.ok) {
    await remember(me, a, note, answer);
    await shelf.drop("act", n);
    if (a.record && Number.isInteger(data.version)) await follow(me, a, data.version);
    return "sent";
  }
  if (answer.status === 401) { await leave(); await shelf.put("who", me.person, "ended"); return "door"; }
  if (answer.status === 429 || shut(answer)) return "later";
  if (answer.status >= 500 && (a.failed = (a.failed || 0) + 1) < 3) { await shelf.put("act", a); return "later"; }
  const wrong = (data.errors || []).map((f) => ({ field: f.field, message: f.message }));
  const say = [data.detail || data.title || ""].concat(wrong.map((f) => f.message)).filter(Boolean);
  return refuse(answer.status, say.join(" · "), wrong);
}

// remember keeps for its person what the server said of an act: the number of what was
// reported, what of it was not taken. The last thirty are kept.
async function remember(me, a, note, answer) {
  const told = { what: note.what, step: note.url.split("/").pop(), said: decodeURIComponent(answer.headers.get("Houqin-Done") || ""), to: answer.headers.get("Houqin-To") || a.record };
  await shelf.put("sent", { n: a.n, at: a.at, came: phoneClock(), record: a.record, note: await sealed(me, told) });
  const all = await shelf.on("sent", "readonly", (s) => s.getAllKeys());
  for (const n of all.slice(0, -30)) await shelf.drop("sent", n);
}

// sent are the acts that arrived later, the last first; fresh are those that their
// person has not looked at.
async function sent(me) {
  const list = [];
  for (const s of await shelf.all("sent")) list.push(Object.assign({ n: s.n, at: s.at, came: s.came, record: s.record, seen: !!s.seen }, await opened(me, s.note)));
  return list.reverse();
}
async function seen() {
  for (const s of await shelf.all("sent")) if (!s.seen) await shelf.put("sent", Object.assign(s, { seen: true }));
}

// follow tells the next act on the record what its own predecessor made of it.
async function follow(me, sent, version) {
  const next = (await mine(me)).find((a) => a.record === sent.record && a.n > sent.n);
  if (next && !next.version) await shelf.put("act", Object.assign(next, { version: '"' + version + '"' }));
}

// waitsAnew has an act that was refused wait again; the person has seen why, so what
// they saw of the record before does not count.
async function waitsAnew(me, a, note, more) {
  Object.assign(note, { status: 0, say: "", wrong: [] });
  await shelf.put("act", Object.assign(a, { state: "waiting", version: "*", failed: 0, tried: phoneClock(), note: await sealed(me, note) }, more));
}

// refusedAct is an act of this person that was refused, with its note; else null.
async function refusedAct(me, n) {
  const a = await shelf.get("act", n);
  return a && a.person === me.person && a.state === "refused" ? { a, note: await opened(me, a.note) } : null;
}

// again lets an act that was refused try once more, as it is.
async function again(me, n) {
  const r = await refusedAct(me, n);
  if (r) await waitsAnew(me, r.a, r.note);
}

// mended is an act that was refused and whose form was filled in anew: it keeps its
// place. One that may have arrived is not exchanged for another.
const mendable = (note) => note.status >= 400 && note.status < 500;
async function mended(me, n, type, body) {
  const r = await refusedAct(me, n);
  if (!r || !mendable(r.note)) return false;
  await waitsAnew(me, r.a, Object.assign(r.note, { type }), { body: await seal(me, body) });
  return true;
}

// aside makes of an act that was refused, and of those behind it on the same record, one
// note: nothing of what was done, written and photographed is lost, though it no longer
// counts as a step.
async function aside(me, n, sayWhen) {
  const r = await refusedAct(me, n);
  if (!r || !r.note.aside) return false;
  const behind = (await mine(me)).filter((a) => a.record === r.a.record && a.n >= n), lines = [], form = new FormData();
  for (const a of behind) {
    const note = await opened(me, a.note), all = await typed(me, a.n);
    const said = all.filter((f) => !(f.value instanceof Blob)).map((f) => (f.label ? f.label + " " : "") + f.value);
    all.filter((f) => f.value instanceof Blob).forEach((f, k) => form.append("photos", f.value, f.value.name || "signature-" + k + ".png"));
    lines.push((sayWhen[a.n] || "") + " " + note.what.split(" · ")[0] + (said.length ? "：" + said.join("；") : ""));
  }
  form.append("text", lines.join("\n").trim().slice(0, 4000));
  form.append("_key", [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join(""));
  const made = new Response(form), body = await made.clone().arrayBuffer();
  await waitsAnew(me, r.a, Object.assign(r.note, { url: r.note.aside, type: made.headers.get("Content-Type") }), { body: await seal(me, body) });
  for (const a of behind) if (a.n !== n) await shelf.drop("act", a.n);
  return true;
}

async function give(me, n) {
  const a = await shelf.get("act", n);
  if (a && a.person === me.person) await shelf.drop("act", n);
}

// wrong: something in the form is, so that to put it right helps; where the step itself is no
// longer possible it does not.
const wrong = (note) => [400, 413, 422].includes(note.status) || (note.wrong || []).length > 0;

// acts are what waits, for the person to see: what, when, and what the server said.
async function acts(me) {
  const list = [];
  for (const a of await mine(me)) {
    const note = await opened(me, a.note);
    list.push({ n: a.n, at: a.at, record: a.record, state: a.state, what: note.what, url: note.url, step: note.url.split("/").pop(), status: note.status || 0, say: note.say || "",
      wrong: note.wrong || [], now: note.now || "", aside: !!note.aside && note.url !== note.aside, mend: mendable(note) && wrong(note) && note.url !== note.aside ? (note.page || note.url) + "#mend-" + a.n : "" });
  }
  return list;
}

// body is a waiting form as it was sent, field by field.
async function body(me, n) {
  const a = await shelf.get("act", n);
  if (!a || a.person !== me.person) return [];
  const note = await opened(me, a.note);
  return [...await new Response(await unseal(me, a.body), { headers: { "Content-Type": note.type } }).formData()];
}

// typed is what a waiting form says, to be read by its person: in the words that stood
// on its page, and photos and signatures as pictures.
async function typed(me, n) {
  const all = await body(me, n), shown = all.find(([name]) => name === "_shown");
  const drawn = (v) => (typeof v === "string" && v.startsWith("data:image/png;base64,") ? new Blob([Uint8Array.from(atob(v.slice(22)), (c) => c.charCodeAt(0))], { type: "image/png" }) : v);
  const rest = all.filter(([name]) => !/(^_|\.id$)/.test(name)).map(([name, value]) => ({ name, label: "", value: drawn(value) }))
    .filter((f) => (f.value instanceof Blob ? f.value.size : f.value.trim()));
  if (!shown) return rest;
  try {
    return JSON.parse(shown[1]).map(([label, value]) => ({ label, value })).concat(rest.filter((f) => f.value instanceof Blob));
  } catch (e) { return rest; }
}
