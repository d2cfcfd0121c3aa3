// The camera beside every code, photos made small before they are sent, and
// signatures by hand.
(function (H) {
  "use strict";

  // reader finds a code in a picture: the browser's own where it has one, else zxing.
  let reader = null;
  function prepare() {
    if (reader) return Promise.resolve(reader);
    const own = window.BarcodeDetector ? window.BarcodeDetector.getSupportedFormats() : Promise.resolve([]);
    return own.catch(() => []).then((formats) => {
      if (formats.includes("qr_code") && formats.includes("code_128")) {
        const d = new window.BarcodeDetector({ formats });
        return (canvas) => d.detect(canvas).then((found) => found[0] && found[0].rawValue);
      }
      return H.load(H.assets.zxing).then(() => {
        window.ZXingWASM.prepareZXingModule({ overrides: { locateFile: (path) => (path.endsWith(".wasm") ? H.assets.wasm : path) } });
        return (canvas) => {
          const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          return window.ZXingWASM.readBarcodes(data, { tryHarder: true, maxNumberOfSymbols: 1 }).then((found) => found[0] && found[0].text);
        };
      });
    }).then((r) => (reader = r));
  }
  function draw(canvas, from, width, height, most) {
    const k = Math.min(1, most / Math.max(width, height));
    canvas.width = Math.round(width * k); canvas.height = Math.round(height * k);
    canvas.getContext("2d", { willReadFrequently: true }).drawImage(from, 0, 0, canvas.width, canvas.height);
    return canvas;
  }
  function found(input, text) {
    if (navigator.vibrate) navigator.vibrate(60);
    input.value = text;
    input.focus();
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
    input.dispatchEvent(new CustomEvent("scanned", { bubbles: true, detail: text }));
    if (input.hasAttribute("data-code") && !H.moveOn(input) && input.form) input.form.requestSubmit();
  }
  function live(input) {
    const box = document.getElementById("scanner"), video = box.querySelector("video"), said = box.querySelector("[data-say]");
    const canvas = document.createElement("canvas");
    let stream = null, open = true;
    const stop = () => { open = false; if (stream) stream.getTracks().forEach((t) => t.stop()); video.srcObject = null; };
    box.addEventListener("close", stop, { once: true });
    said.textContent = said.dataset.load;
    box.showModal();
    Promise.all([navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } }), prepare()])
      .then(([s, read]) => {
        stream = s;
        if (!open) { stop(); return null; }
        video.srcObject = s;
        said.textContent = said.dataset.say;
        return video.play().then(function look() {
          if (!open) return;
          if (!video.videoWidth) { setTimeout(look, 100); return; }
          read(draw(canvas, video, video.videoWidth, video.videoHeight, 1280)).catch(() => "").then((text) => {
            if (!open) return;
            if (text) { box.close(); found(input, text); } else setTimeout(look, 120);
          });
        });
      })
      .catch(() => { said.textContent = said.dataset.none; });
  }
  // Without a secure address there is no live camera; a photo of the code does as well.
  function still(input) {
    const file = document.createElement("input");
    file.type = "file"; file.accept = "image/*"; file.setAttribute("capture", "environment");
    file.addEventListener("change", () => {
      if (!file.files[0]) return;
      H.working();
      Promise.all([createImageBitmap(file.files[0]), prepare()])
        .then(([picture, read]) => read(draw(document.createElement("canvas"), picture, picture.width, picture.height, 1600)))
        .catch(() => "")
        .then((text) => { H.rest(); if (text) found(input, text); else H.say(document.querySelector("#scanner [data-none]").dataset.none); });
    });
    file.click();
  }
  H.on("click", "[data-scan]", (e, b) => {
    const input = document.getElementById(b.dataset.scan), box = document.getElementById("scanner");
    if (!input) return;
    if (navigator.mediaDevices && navigator.mediaDevices.getUserMedia && box && box.showModal) live(input); else still(input);
  });

  // A phone's photo of eight megabytes says no more than one of half a megabyte. What
  // is no photo at all is not taken: null. What begins like one and is too much for this
  // phone goes as it is; the server looks at it.
  const most = 1600;
  function smaller(file) {
    const usual = /^image\/(jpeg|png|webp)$/.test(file.type);
    if (!window.createImageBitmap) return Promise.resolve(file);
    return createImageBitmap(file, { imageOrientation: "from-image" })
      .then((picture) => (usual && file.size < 500000 ? file : new Promise((ok) => draw(document.createElement("canvas"), picture, picture.width, picture.height, most)
        .toBlob((blob) => ok(blob && (blob.size < file.size || !usual) ? new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg", lastModified: file.lastModified }) : file), "image/jpeg", 0.85))))
      .catch(() => file.slice(0, 12).arrayBuffer().then((head) => {
        const begins = [...new Uint8Array(head)].map((b) => b.toString(16).padStart(2, "0")).join("");
        return file.size < 15e6 && /^(ffd8ff|89504e47|52494646.{8}57454250)/.test(begins) ? file : null; // larger ones no door takes in
      }));
  }
  // show draws the photos that go with a form, each to be taken off again by a tap on it.
  function show(input, files) {
    const seen = input.parentElement.querySelector("[data-seen]");
    try { const all = new DataTransfer(); files.forEach((f) => all.items.add(f)); input.files = all.files; } catch (err) { /* sent as they are */ }
    input.photos = files;
    seen.querySelectorAll("img").forEach((i) => URL.revokeObjectURL(i.src));
    seen.textContent = "";
    files.filter((f) => f.type.startsWith("image/")).forEach((f) => {
      const off = Object.assign(document.createElement("button"), { type: "button", className: "photo-off", title: H.words().photoOff.replace("%", () => f.name) });
      off.append(Object.assign(new Image(), { src: URL.createObjectURL(f), alt: f.name }));
      off.addEventListener("click", () => show(input, input.photos.filter((other) => other !== f)));
      seen.append(off);
    });
  }
  const same = (a) => (b) => a.lastModified === b.lastModified && a.name.replace(/\.\w+$/, "") === b.name.replace(/\.\w+$/, "");
  // A camera gives one photo at a time: where many are taken, the next comes to those before it.
  H.on("change", "[data-upload=photo] input[type=file]", (e, input) => {
    const seen = input.parentElement.querySelector("[data-seen]"), chosen = [...input.files], before = (input.multiple && input.photos) || [];
    // Their places are taken at once, so that no button moves away under a finger.
    if (!before.length) seen.textContent = "";
    chosen.forEach(() => seen.append(new Image()));
    Promise.all(chosen.map(smaller)).then((made) => {
      const not = chosen.filter((f, n) => !made[n]);
      const box = input.parentElement, was = box.querySelector("[data-not]");
      if (was) was.remove();
      if (not.length) {
        const said = Object.assign(document.createElement("span"), { className: "error", textContent: H.words().photoNone.replace("%", () => not.map((f) => f.name).join(" ")) });
        said.dataset.not = "";
        said.setAttribute("role", "alert");
        box.append(said);
      }
      show(input, before.concat(made.filter((f) => f && !before.some(same(f)))));
    });
  });

  function sign(box) {
    const canvas = box.querySelector("canvas"), value = box.querySelector("input[type=hidden]");
    H.load(H.assets.signature).then(() => {
      const pad = new window.SignaturePad(canvas, { penColor: "#101820", minWidth: 0.8, maxWidth: 2.6 });
      // The place may change its size just when a hand begins to sign; under a hand it stays.
      let drawing = false;
      const fit = () => {
        if (drawing || !canvas.offsetWidth || canvas.fitted === canvas.offsetWidth) return;
        canvas.fitted = canvas.offsetWidth;
        const k = window.devicePixelRatio || 1, was = pad.toData();
        canvas.width = canvas.offsetWidth * k; canvas.height = canvas.offsetHeight * k;
        canvas.getContext("2d").scale(k, k);
        pad.clear();
        if (was.length) pad.fromData(was); else if (value.value) pad.fromDataURL(value.value, { width: canvas.offsetWidth, height: canvas.offsetHeight });
      };
      const typed = box.querySelector("[data-typed]");
      const way = (drawn) => { value.disabled = !drawn; typed.disabled = drawn; };
      pad.addEventListener("beginStroke", () => { drawing = true; });
      pad.addEventListener("endStroke", () => { drawing = false; fit(); value.value = pad.toDataURL("image/png"); way(true); value.dispatchEvent(new Event("change", { bubbles: true })); });
      box.querySelector("[data-clear]").addEventListener("click", () => { pad.clear(); value.value = ""; way(false); });
      if (window.ResizeObserver) new ResizeObserver(fit).observe(canvas); else window.addEventListener("resize", fit);
      fit();
    }).catch(() => {});
  }
  H.signatures = (root) => root.querySelectorAll("[data-signature]").forEach(sign);
  H.ready(() => H.signatures(document));
  document.addEventListener("htmx:afterSettle", (e) => { if (e.target.querySelectorAll) e.target.querySelectorAll("[data-signature]").forEach((b) => { if (!b.querySelector("canvas").fitted) sign(b); }); });
})(window.Houqin);
