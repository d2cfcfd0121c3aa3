// How a record stands now, beside what the phone sent of it too late: who decides about
// it sees both. The server says it in its reader's words.
(function (H) {
  "use strict";
  if (!H.offline) return;
  const { ask } = H.offline;

  // stands fills a box with it; without a network, and of records that nobody tells of, the
  // box stays hidden.
  H.offline.stands = async (act, box) => {
    if (!act.now || !act.now.startsWith("/") || act.now.startsWith("//")) return;
    const who = await ask("who");
    let now;
    try {
      const answer = await fetch(act.now + "?since=" + Math.round(act.at - ((who && who.ahead) || 0)), { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      now = await answer.json();
    } catch (e) { return; }
    const list = document.createElement("dl"), done = document.createElement("ol");
    const fact = (label, ...value) => { const dd = document.createElement("dd"); dd.append(...value); list.append(Object.assign(document.createElement("dt"), { textContent: label }), dd); };
    (now.facts || []).forEach(({ label, text }) => fact(label, text));
    (now.meanwhile || []).forEach((text) => done.append(Object.assign(document.createElement("li"), { textContent: text })));
    if (done.children.length) fact(now.then, done);
    box.className = "stands";
    box.replaceChildren(Object.assign(document.createElement("b"), { textContent: now.title }), list);
    box.hidden = false;
  };
})(window.Houqin);
