// What the phone keeps: whose it is, pages as last seen, acts that wait to be sent,
// and what became of those that were. All but counts and times is sealed under a key that the server gives to its
// person at sign-in and that goes when they leave.
const shelf = {
  open: () => new Promise((ok, bad) => {
    const asked = indexedDB.open("houqin", 2);
    asked.onupgradeneeded = (e) => {
      if (e.oldVersion < 1) {
        asked.result.createObjectStore("who");
        asked.result.createObjectStore("page");
        asked.result.createObjectStore("act", { keyPath: "n", autoIncrement: true });
      }
      asked.result.createObjectStore("sent", { keyPath: "n" });
    };
    asked.onsuccess = () => ok(asked.result);
    asked.onerror = () => bad(asked.error);
  }),
  // on runs one question on a store; what is written is on the disk when it answers.
  async on(store, mode, ask) {
    const db = await shelf.open();
    try {
      return await new Promise((ok, bad) => {
        const t = db.transaction(store, mode, { durability: "strict" });
        const asked = ask(t.objectStore(store));
        t.oncomplete = () => ok(asked.result);
        t.onabort = t.onerror = () => bad(t.error);
      });
    } finally { db.close(); }
  },
  get: (store, key) => shelf.on(store, "readonly", (s) => s.get(key)),
  all: (store) => shelf.on(store, "readonly", (s) => s.getAll()),
  put: (store, value, key) => shelf.on(store, "readwrite", (s) => (key === undefined ? s.put(value) : s.put(value, key))),
  drop: (store, key) => shelf.on(store, "readwrite", (s) => s.delete(key)),
  clear: (store) => shelf.on(store, "readwrite", (s) => s.clear()),
};

// The clock of the phone. It may be wrong: what it says is only ever said.
const phoneClock = () => Date.now();

// heard notes by how much the phone's clock is ahead of the server's, in milliseconds.
async function heard(answer) {
  const there = Date.parse(answer.headers.get("Date"));
  if (there) await shelf.put("who", phoneClock() - there, "ahead");
}

// who is the person whose phone this is now: {person, key, lang, home}; none after
// they left.
const who = () => shelf.get("who", "now");

async function enter({ person, key, lang, home }) {
  const was = await who();
  if (was && was.person !== person) await leave();
  const raw = Uint8Array.from(atob(key), (c) => c.charCodeAt(0));
  const sealing = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
  await shelf.drop("who", "ended");
  await shelf.put("who", { person, lang, home, key: sealing }, "now");
}

// leave forgets the person's pages and their key. What they have not sent stays,
// sealed, until they come again.
async function leave() {
  await shelf.drop("who", "ended");
  await shelf.drop("who", "now");
  await shelf.clear("page");
  await shelf.clear("sent");
}

const bound = (me) => new TextEncoder().encode("houqin " + me.person);
async function seal(me, bytes) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, bytes: await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bound(me) }, me.key, bytes) };
}
const unseal = (me, s) => crypto.subtle.decrypt({ name: "AES-GCM", iv: s.iv, additionalData: bound(me) }, me.key, s.bytes);
const sealed = (me, value) => seal(me, new TextEncoder().encode(JSON.stringify(value)));
const opened = async (me, s) => JSON.parse(new TextDecoder().decode(await unseal(me, s)));
