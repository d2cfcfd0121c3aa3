// Pages as last seen. The server says of each whether it may be kept and for whom.
const mostPages = 60, oldest = 24 * 3600 * 1000;
const addressOf = (url) => { const u = new URL(url, location.origin); return u.pathname + u.search; };

async function keepPage(url, answer) {
  const person = answer.headers.get("Houqin-Keep"), me = await who();
  if (!person || !me || !answer.ok || answer.redirected) return;
  if (person !== me.person) { await leave(); return; } // somebody else came in
  const headers = [...answer.headers].filter(([name]) => !/^(content-(encoding|length)|date|vary|x-request-id)$/.test(name));
  const page = { url: addressOf(url), html: await answer.text(), headers };
  page.title = (/<h1>\s*([^<]*)/.exec(page.html) || ["", ""])[1].trim();
  await shelf.put("page", { at: phoneClock(), sealed: await sealed(me, page) }, page.url);
  const all = await shelf.on("page", "readonly", (s) => s.getAllKeys());
  if (all.length > mostPages) await thin();
}

// thin drops the oldest pages.
async function thin() {
  const keys = await shelf.on("page", "readonly", (s) => s.getAllKeys()), pages = await shelf.all("page");
  const order = keys.map((key, n) => [pages[n].at, key]).sort((a, b) => b[0] - a[0]);
  for (const [, key] of order.slice(mostPages)) await shelf.drop("page", key);
}

// keptPage is a page as last seen; one older than a day is none.
async function keptPage(me, url) {
  const p = await shelf.get("page", addressOf(url));
  if (!p) return null;
  if (Math.abs(phoneClock() - p.at) > oldest) { await shelf.drop("page", addressOf(url)); return null; }
  return Object.assign(await opened(me, p.sealed), { at: p.at });
}

// shown is a kept page that says since when it is kept.
const shown = (p) => new Response(p.html.replace("<body", '<body data-kept="' + p.at + '"'), { headers: p.headers });

// fetchPages keeps pages that are likely to be wanted without a network, one after
// another; those seen in the last minutes are left alone.
async function fetchPages(urls, all) {
  for (const url of urls.slice(0, mostPages - 10)) {
    const me = await who(), p = await shelf.get("page", addressOf(url));
    if (!me) return;
    if (p && !all && Math.abs(phoneClock() - p.at) < 60000) continue;
    const answer = await hurry(fetch(url, { headers: { Accept: "text/html", "Accept-Language": me.lang, "Houqin-Person": me.person } }), 20000);
    if (answer.status === 429 || answer.status >= 500) return;
    await keepPage(url, answer);
  }
}

// hurry ends waiting for an answer that does not come.
const hurry = (asked, ms) => Promise.race([asked, new Promise((ok, bad) => setTimeout(() => bad(new Error("no answer")), ms))]);

// heed is hurry for what a person waits for. Where the line has just let somebody down, nobody
// stands before it as long again: in a basement with one bar of signal each tap would take minutes.
let letDown = -Infinity;
const heed = (asked, ms, less) => hurry(asked, performance.now() - letDown < 60000 ? less : ms)
  .then((answer) => { letDown = -Infinity; return answer; }, (e) => { letDown = performance.now(); throw e; });

// whole is an answer with all of its page: a line that breaks off in the middle of one leaves a
// white screen, where the page as last seen would do.
async function whole(answer) {
  if (answer.type !== "basic") return answer; // one that leads elsewhere
  const headers = new Headers(answer.headers);
  ["content-encoding", "content-length"].forEach((name) => headers.delete(name));
  try { return new Response(await hurry(answer.arrayBuffer(), 12000), { status: answer.status, headers }); } catch (e) { letDown = performance.now(); throw e; }
}

// shut: the house itself does not answer; somebody before its door says so.
const shut = (answer) => answer.status >= 502 && answer.status <= 504;

// page answers a person who goes somewhere: from the network, else as last seen, else
// with what there is.
async function page(event) {
  await atDoor(event.request.url).catch(() => {});
  await endSession().catch(() => {});
  const request = event.request, me = await who();
  const kept = me && await keptPage(me, request.url).catch(() => null);
  try {
    let answer = await (kept ? heed(fetch(request), 5000, 1500) : heed(fetch(request), 90000, 30000));
    if (shut(answer) && kept) return shown(kept);
    if (kept) answer = await whole(answer);
    event.waitUntil(keepPage(request.url, answer.clone()).catch(() => {}));
    return answer;
  } catch (e) {
    const at = new URL(request.url).pathname;
    if (at === "/" && me && me.home && me.home !== "/" && await keptPage(me, me.home).catch(() => null)) return Response.redirect(me.home, 303); // the app, opened from the phone's own list
    return kept ? shown(kept) : shell(at === "/offline" ? "" : "missing");
  }
}

// shell is the page of what is kept and what waits, which needs no network.
async function shell(why) {
  const answer = await caches.match("/offline");
  if (!answer) return Response.error();
  const html = await answer.text();
  return new Response(html.replace("<body", '<body data-why="' + why + '"'), { headers: answer.headers });
}

// pages are the titles of what is kept, the latest first.
async function pages(me) {
  const keys = await shelf.on("page", "readonly", (s) => s.getAllKeys()), list = [];
  for (const key of keys) {
    const p = await keptPage(me, key).catch(() => null);
    if (p) list.push({ url: p.url, title: p.title, at: p.at });
  }
  return list.sort((a, b) => b.at - a.at);
}
