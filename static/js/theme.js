/* Loaded in <head> without defer: sets theme and text size before the first paint. */
(function () {
  try {
    var root = document.documentElement, theme = localStorage.getItem("theme");
    if (theme === "dark" || theme === "light") root.setAttribute("data-bs-theme", theme);
    if (localStorage.getItem("text") === "lg") root.setAttribute("data-text", "lg");
  } catch (e) { /* no storage: the light theme */ }
})();
