// The page hears of changes: the server sends "change" with the name of a topic,
// and whatever on the page follows "live-<topic>" fetches itself again. "ended"
// says that the session is over.
(function (H) {
  "use strict";
  H.ready(() => {
    const topics = (document.body.dataset.live || "").split(",").filter(Boolean);
    if (!topics.length || !window.EventSource) return;
    let source = null, broken = false, wait = 2000, notice = null, silent = 0;
    const pending = new Map(); // topic → told again within the second

    // tell dispatches a topic at most once a second and never forgets the last time.
    function tell(topic) {
      if (pending.has(topic)) { pending.set(topic, true); return; }
      pending.set(topic, false);
      // A little scatter, so that three hundred open boards do not ask at once.
      setTimeout(() => document.body.dispatchEvent(new CustomEvent("live-" + topic)), Math.random() * 300);
      setTimeout(() => { const again = pending.get(topic); pending.delete(topic); if (again) tell(topic); }, 1000);
    }
    function listen() {
      source = new EventSource("/live?topics=" + encodeURIComponent(topics.join(",")));
      source.onopen = () => {
        clearTimeout(silent);
        wait = 2000;
        if (notice) { notice(); notice = null; H.say(H.words().online); }
        if (broken) { broken = false; topics.forEach(tell); } // what was missed meanwhile
      };
      source.addEventListener("change", (e) => { if (topics.includes(e.data)) tell(e.data); });
      source.addEventListener("ended", () => { // the session is over; what was typed stays in its draft
        source.close();
        source = null; topics.length = 0;
        H.say(H.words().ended, { stays: true, button: H.words().again, act: () => location.reload() });
      });
      source.onerror = () => {
        broken = true;
        if (!notice) { clearTimeout(silent); silent = setTimeout(() => { notice = notice || H.say(H.words().offline, { stays: true }); }, 8000); }
        if (source.readyState === EventSource.CLOSED) { setTimeout(() => { if (source) { source.close(); listen(); } }, wait); wait = Math.min(wait * 2, 60000); }
      };
    }
    // A page nobody looks at holds no connection: old browsers grant six to a host.
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) { clearTimeout(silent); if (source) source.close(); source = null; broken = true; }
      else if (!source && topics.length) listen();
    });
    window.addEventListener("pagehide", () => { if (source) source.close(); source = null; broken = true; });
    window.addEventListener("pageshow", (e) => { if (e.persisted && !source && topics.length) listen(); });
    if (!document.hidden) listen();
  });

  // What is exchanged under the keyboard leaves it where it was: at the same link,
  // button or question, or, when that is gone, at what came instead.
  let held = null;
  const sign = (e) => {
    const form = e.form || (e.tagName === "SUMMARY" ? e.parentElement.querySelector("form") : null);
    return [e.tagName, e.id, e.getAttribute("href"), e.getAttribute("name"), e.value, e.dataset.name, form && form.getAttribute("action")].join("|");
  };
  document.addEventListener("htmx:beforeSwap", (e) => {
    const box = e.detail.target, at = document.activeElement;
    held = box && box.id && box.contains(at) ? { id: box.id, sign: sign(at) } : null;
  });
  document.addEventListener("htmx:afterSwap", () => {
    const box = held && document.getElementById(held.id);
    if (!box || box.contains(document.activeElement)) return;
    const same = [...box.querySelectorAll("a[href], button, summary, input, select, textarea, [tabindex]")].find((e) => sign(e) === held.sign);
    held = null;
    if (!same && !box.hasAttribute("tabindex")) box.setAttribute("tabindex", "-1");
    (same || box).focus({ preventScroll: true });
  });

  // Rows that change under a hand: ticks and scroll stay where they were,
  // and nothing is exchanged while somebody is answering inside.
  let kept = null;
  document.addEventListener("htmx:beforeRequest", (e) => {
    const box = e.target;
    if (!box.hasAttribute || !box.hasAttribute("data-keep")) return;
    const busy = box.querySelector("details[open], dialog[open], input:not([type=checkbox]):focus, textarea:focus, select:focus, .busy");
    if (busy) {
      e.preventDefault();
      const topic = (box.getAttribute("hx-trigger") || "").split(" ")[0];
      clearTimeout(box.later);
      box.later = setTimeout(() => document.body.dispatchEvent(new CustomEvent(topic)), 3000);
    }
  });
  document.addEventListener("htmx:beforeSwap", (e) => {
    const box = e.detail.target, xhr = e.detail.xhr;
    if (!box || !box.hasAttribute || !box.hasAttribute("data-keep")) return;
    // The session may have ended: a sign-in page is no list. Let it be asked for in full.
    if (xhr.status === 200 && xhr.responseText.indexOf('id="' + box.id + '"') < 0) { e.detail.shouldSwap = false; location.reload(); return; }
    const scroller = box.querySelector(".table-box");
    kept = {
      id: box.id,
      ticks: [...box.querySelectorAll(".tick-cell input:checked")].map((i) => i.value),
      top: scroller ? scroller.scrollTop : 0, left: scroller ? scroller.scrollLeft : box.scrollLeft,
      lanes: [...box.querySelectorAll(".lane-cards")].map((l) => l.scrollTop),
    };
  });
  document.addEventListener("htmx:afterSwap", () => {
    const box = kept && document.getElementById(kept.id);
    if (!box) return;
    const k = kept; kept = null;
    box.querySelectorAll("tbody .tick-cell input").forEach((i) => { i.checked = k.ticks.includes(i.value); });
    const form = box.parentElement && box.parentElement.querySelector("form[data-bulk]");
    if (form) H.ticked(form);
    const scroller = box.querySelector(".table-box");
    if (scroller) { scroller.scrollTop = k.top; scroller.scrollLeft = k.left; } else box.scrollLeft = k.left;
    box.querySelectorAll(".lane-cards").forEach((l, n) => { l.scrollTop = k.lanes[n] || 0; });
  });
})(window.Houqin);
