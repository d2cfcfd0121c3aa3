// Houqin in the browser. Pages work without any of this; it saves walks and taps.
// Everything listens on the document, so that parts fetched later work too.
window.Houqin = (function () {
  "use strict";
  const self = document.querySelector("script[data-houqin]");
  const assets = self ? self.dataset : {};
  const words = () => (document.getElementById("say") || { dataset: {} }).dataset;
  const on = (type, selector, act, capture) => document.addEventListener(type, (e) => {
    const el = e.target instanceof Element && e.target.closest(selector);
    if (el) act(e, el);
  }, !!capture);
  const store = {
    get(key) { try { return localStorage.getItem(key); } catch (e) { return null; } },
    set(key, value) { try { localStorage.setItem(key, value); } catch (e) { /* full or off */ } },
    drop(key) { try { localStorage.removeItem(key); } catch (e) { /* off */ } },
    keys() { try { return Object.keys(localStorage); } catch (e) { return []; } },
  };
  const loaded = {};
  const load = (src) => loaded[src] || (loaded[src] = new Promise((ok, bad) => {
    const s = document.createElement("script");
    s.src = src; s.onload = ok; s.onerror = () => { delete loaded[src]; bad(new Error(src)); };
    document.head.append(s);
  }));

  // say shows a short message at the bottom; it stays until the next when it must.
  function say(text, options) {
    const box = document.getElementById("say");
    if (!box || !text) return () => {};
    const toast = document.createElement("div");
    toast.className = "toast";
    const span = document.createElement("span");
    span.textContent = text;
    toast.append(span);
    const gone = () => toast.remove();
    if (options && options.button) {
      const b = document.createElement("button");
      b.type = "button"; b.textContent = options.button;
      b.addEventListener("click", () => { gone(); options.act(); });
      toast.append(b);
    }
    box.append(toast);
    if (!(options && options.stays)) setTimeout(gone, 5000);
    return gone;
  }
  document.addEventListener("say", (e) => say(typeof e.detail === "string" ? e.detail : e.detail && e.detail.value));

  // Waiting longer than 0.3 s shows that something is being done.
  let waiting = 0;
  function working() {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      if (document.querySelector(".working")) return;
      const bar = document.createElement("div");
      bar.className = "working";
      bar.setAttribute("role", "progressbar");
      bar.setAttribute("aria-label", words().working || "");
      document.body.append(bar);
      setTimeout(rest, 15000);
    }, 300);
  }
  function rest() { clearTimeout(waiting); document.querySelectorAll(".working").forEach((b) => b.remove()); }
  window.addEventListener("pageshow", rest);
  document.addEventListener("click", (e) => {
    const a = e.target instanceof Element && e.target.closest("a[href]");
    if (!a || e.defaultPrevented || e.button || e.ctrlKey || e.metaKey || e.shiftKey || a.target || a.hasAttribute("download")) return;
    if (a.origin === location.origin && !(a.hash && a.pathname === location.pathname)) working();
  });
  document.addEventListener("htmx:beforeRequest", (e) => { if (!e.target.hasAttribute("data-keep")) working(); });
  document.addEventListener("htmx:afterRequest", rest);
  document.addEventListener("htmx:sendError", () => { rest(); say(words().offline); });
  document.addEventListener("htmx:responseError", (e) => { if (!e.target.hasAttribute("data-keep")) say(words().refused); });

  // A form is sent once. The key in it guards against the rest.
  const sent = new WeakSet();
  document.addEventListener("submit", (e) => {
    const form = e.target;
    if (e.defaultPrevented || !form.hasAttribute("data-once")) return;
    if (sent.has(form)) { e.preventDefault(); return; }
    sent.add(form);
    working();
    const button = e.submitter;
    setTimeout(() => { // after the browser has read which button it was
      form.querySelectorAll("button[type=submit]").forEach((b) => b.setAttribute("aria-disabled", "true"));
      if (button) button.classList.add("busy");
    });
    setTimeout(() => free(form), 20000); // the answer was a file, or never came
  });
  function free(form) {
    sent.delete(form);
    form.querySelectorAll("button").forEach((b) => { b.classList.remove("busy"); b.removeAttribute("aria-disabled"); });
  }
  window.addEventListener("pageshow", (e) => {
    if (!e.persisted) return;
    document.querySelectorAll("form[data-once]").forEach(free);
  });

  // What cannot be taken back is asked once more.
  const sure = new WeakSet();
  document.addEventListener("submit", (e) => {
    const from = e.submitter && e.submitter.dataset.confirm ? e.submitter : e.target;
    const question = from.dataset.confirm;
    if (!question || sure.has(e.target)) return;
    e.preventDefault(); e.stopImmediatePropagation();
    const box = document.getElementById("sure"), submitter = e.submitter, form = e.target;
    const go = () => { sure.add(form); form.requestSubmit(submitter || undefined); sure.delete(form); };
    if (!box || !box.showModal) { if (window.confirm(question)) go(); return; }
    box.querySelector("p").textContent = question;
    const yes = box.querySelector("[data-yes]");
    yes.className = "btn " + (submitter && submitter.classList.contains("btn-danger") ? "btn-danger" : "btn-accent");
    if (submitter) yes.textContent = submitter.innerText.trim() || yes.textContent;
    yes.onclick = () => { box.close(); go(); };
    box.showModal();
  }, true);
  on("click", "dialog [data-no]", (e, el) => el.closest("dialog").close());
  on("click", "[data-open]", (e, el) => { const d = document.getElementById(el.dataset.open); if (d && d.showModal) { e.preventDefault(); d.showModal(); } });
  on("change", "[data-submits]", (e, el) => el.form && el.form.requestSubmit());
  on("submit", "form[data-sparse]", (e, form) => {
    form.querySelectorAll("input, select").forEach((i) => { if (i.value === "") i.disabled = true; });
    setTimeout(() => form.querySelectorAll("input, select").forEach((i) => { i.disabled = false; }));
  });

  // Little menus close when one looks elsewhere.
  document.addEventListener("click", (e) => document.querySelectorAll("details[data-drop][open]").forEach((d) => { if (!d.contains(e.target)) d.open = false; }));
  document.addEventListener("keydown", (e) => {
    if (e.key === "Escape") {
      const d = document.activeElement && document.activeElement.closest("details[open]");
      if (d && (d.hasAttribute("data-drop") || d.classList.contains("ask"))) { d.open = false; d.querySelector("summary").focus(); }
      if (location.hash === "#nav") location.hash = "#main";
    }
    const door = /^F\d+$/.test(e.key) && !e.ctrlKey && !e.altKey && !e.shiftKey && document.querySelector('#nav [aria-keyshortcuts="' + e.key + '"]');
    if (door) { e.preventDefault(); door.click(); }
    if (e.key === "/" && !e.ctrlKey && !e.metaKey && !typing(e.target)) {
      const box = document.querySelector("main [data-slash]") || document.querySelector("[data-slash]");
      if (box) { e.preventDefault(); box.focus(); box.select(); }
    }
  });
  const typing = (el) => el.closest && el.closest("input, select, textarea, [contenteditable]");
  on("click", "[data-fold]", () => store.set("houqin.folded", document.documentElement.classList.toggle("folded") ? "1" : "0"));
  document.addEventListener("toggle", (e) => {
    if (e.target.matches && e.target.matches("details.ask[open]")) {
      const first = e.target.querySelector(".fields input:not([type=hidden]), .fields select, .fields textarea");
      if (first && !e.target.querySelector(".fields").contains(document.activeElement)) first.focus({ preventScroll: false }); // the box tells late: one may type already
    }
  }, true);

  // A card is chosen by its first letters, pinyin too: d goes to the next that begins so, dz
  // to 电子… Typed quickly they count together; one letter again, a second later, goes on to the next.
  let letters = "", lettersAt = 0, lettersOf = "";
  on("keydown", ".cards input[type=radio]", (e, input) => {
    if (e.key.length !== 1 || e.key === " " || e.ctrlKey || e.metaKey || e.altKey) return;
    const cards = [...input.closest(".cards").querySelectorAll("[data-keys]")], key = e.key.toLowerCase();
    if (!cards.length) return;
    letters = e.timeStamp - lettersAt < 900 && lettersOf === input.name ? letters + key : key;
    lettersAt = e.timeStamp; lettersOf = input.name;
    const at = letters.length > 1 ? 0 : cards.findIndex((c) => c.contains(input)) + Number(input.checked);
    const from = [...cards.slice(at), ...cards.slice(0, at)].filter((c) => !c.querySelector("input").disabled);
    const words = (c) => c.dataset.keys.split(" ").sort((a, b) => b.length - a.length);
    const find = (s) => from.find((c) => words(c)[0].startsWith(s)) || from.find((c) => words(c).some((w) => w.startsWith(s)));
    let to = find(letters);
    if (!to && letters.length > 1) to = find(letters = key); // nothing is called so: begin anew
    e.preventDefault();
    if (!to) return;
    const chosen = to.querySelector("input");
    chosen.focus();
    if (!chosen.checked) chosen.click();
  });

  // What is suggested presses its card.
  on("click", "[data-press]", (e, b) => {
    const card = document.getElementById(b.dataset.press), all = [...document.querySelectorAll("[data-press]")];
    if (!card) return;
    if (!card.checked) card.click();
    (e.detail ? card : all[all.indexOf(b) + 1] || card).focus();
  });

  // A row opens wherever it is pressed, and the arrows walk through rows.
  function open(e, row) {
    if (e.target.closest("a, button, input, label, select, textarea, summary, details, form")) return;
    if (String(window.getSelection())) return;
    const link = row.querySelector(".row-link");
    if (!link) return;
    if (e.ctrlKey || e.metaKey || e.button === 1) window.open(link.href, "_blank", "noopener");
    else { working(); location.href = link.href; }
  }
  on("click", ".opens", open);
  on("auxclick", ".opens", (e, row) => { if (e.button === 1) open(e, row); });
  on("keydown", ".row-link", (e, link) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (!step) return;
    const all = [...(link.closest("tbody, .lane-cards") || document.querySelector("main")).querySelectorAll(".row-link")];
    const next = all[all.indexOf(link) + step];
    if (next) { e.preventDefault(); next.focus(); }
  });

  // On a board left and right lead to the next lane that has a card.
  on("keydown", ".lane .row-link", (e, link) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (!step) return;
    const lanes = [...link.closest(".board").querySelectorAll(".lane")];
    for (let n = lanes.indexOf(link.closest(".lane")) + step; lanes[n]; n += step) {
      const first = lanes[n].querySelector(".row-link");
      if (first) { e.preventDefault(); first.focus(); return; }
    }
  });

  // Rows are ticked, and what is done is done to all of them.
  let last = null;
  function ticked(form) {
    const boxes = [...document.querySelectorAll('input[form="' + form.getAttribute("id") + '"][name=id]')];
    const n = boxes.filter((b) => b.checked).length;
    form.classList.toggle("on", n > 0);
    form.querySelector("[data-ticked]").textContent = n;
    const all = document.querySelector("#" + CSS.escape(form.dataset.bulk) + " [data-all]");
    if (all) { all.checked = n > 0 && n === boxes.length; all.indeterminate = n > 0 && n < boxes.length; }
  }
  on("change", ".tick-cell input", (e, box) => {
    const list = box.closest(".list"), form = list.querySelector("form[data-bulk]");
    if (box.hasAttribute("data-all")) list.querySelectorAll("tbody .tick-cell input").forEach((b) => { b.checked = box.checked; });
    if (form) ticked(form);
  });
  on("click", "tbody .tick-cell input", (e, box) => {
    const boxes = [...box.closest("tbody").querySelectorAll(".tick-cell input")];
    if (e.shiftKey && last && boxes.includes(last)) {
      const [a, b] = [boxes.indexOf(last), boxes.indexOf(box)].sort((x, y) => x - y);
      boxes.slice(a, b + 1).forEach((x) => { x.checked = box.checked; });
    }
    last = box;
  });

  // What is signed together is told with its number and its sum, in fen.
  function summed(form) {
    const words = form.querySelector("[data-sum]");
    if (!words) return;
    const name = words.dataset.sum, boxes = [...form.querySelectorAll("[name=" + name + "]")], on = boxes.filter((b) => b.checked), every = form.querySelector('[data-every="' + name + '"]');
    words.dataset.none = words.dataset.none || words.textContent;
    const yuan = on.reduce((sum, b) => sum + Number(b.dataset.fen), 0) / 100;
    words.textContent = on.length ? words.dataset.some.replace("%", on.length).replace("#", yuan.toLocaleString("en", { minimumFractionDigits: 2 })) : words.dataset.none;
    if (every) { every.checked = on.length === boxes.length; every.indeterminate = on.length > 0 && on.length < boxes.length; }
  }
  document.addEventListener("change", (e) => {
    const form = e.target.form;
    if (!form || !form.querySelector("[data-sum]")) return;
    if (e.target.dataset.every) form.querySelectorAll("[name=" + e.target.dataset.every + "]").forEach((b) => { b.checked = e.target.checked; });
    summed(form);
  });

  // Complaints are read first, and lead to their fields.
  on("click", "[data-complaints] a", (e, a) => {
    const to = document.getElementById(decodeURIComponent(a.hash.slice(1)));
    if (to) { e.preventDefault(); to.scrollIntoView({ block: "center" }); to.focus({ preventScroll: true }); }
  });
  const ready = (act) => document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", act) : act();
  ready(() => {
    const c = document.querySelector("[data-complaints]");
    if (c) c.focus();
    document.querySelectorAll(".tabs a[aria-current]").forEach((a) => { // where one is can be seen on a phone
      const bar = a.closest(".tabs"), b = bar.getBoundingClientRect(), r = a.getBoundingClientRect();
      if (r.left < b.left || r.right > b.right) bar.scrollLeft += r.left - b.left - (b.width - r.width) / 2;
    });
    document.querySelectorAll("form[data-bulk]").forEach(ticked);
    document.querySelectorAll("form").forEach(summed);
  });
  return { assets, words, on, store, load, say, working, rest, ready, ticked };
})();
