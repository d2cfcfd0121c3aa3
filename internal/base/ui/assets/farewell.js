// Working without a network was switched off: the phone forgets its pages and this
// worker goes. What was not sent stays, sealed, for the day it is switched on again.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (e) => e.waitUntil((async () => {
  for (const name of await caches.keys()) await caches.delete(name);
  await new Promise((done) => {
    setTimeout(done, 5000); // it goes in any case: pages wait for it
    const asked = indexedDB.open("houqin");
    asked.onupgradeneeded = () => asked.transaction.abort(); // there was none
    asked.onerror = done;
    asked.onsuccess = () => {
      const db = asked.result, stores = ["who", "page"].filter((s) => db.objectStoreNames.contains(s));
      if (!stores.length) { db.close(); done(); return; }
      const t = db.transaction(stores, "readwrite");
      stores.forEach((s) => t.objectStore(s).clear());
      t.oncomplete = t.onabort = () => { db.close(); done(); };
    };
  });
  await self.registration.unregister();
})()));
