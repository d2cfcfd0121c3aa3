// Before the first paint: there is a script, and the navigation is as it was left.
(function (html) {
  html.classList.add("js");
  try { if (localStorage.getItem("houqin.folded") === "1") html.classList.add("folded"); } catch (e) { /* storage is off */ }
})(document.documentElement);
