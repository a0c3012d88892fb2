// Light, dark or as the device has it: chosen in the footer, kept by this browser alone.
// It is loaded in the head and not deferred, so that no page shows the other colours first.
"use strict";
{
  const KEY = "theme";
  const CHOICES = ["light", "dark"];
  const root = document.documentElement;

  // browsers that are told to keep nothing refuse the whole store
  const read = () => {
    try { return localStorage.getItem(KEY); } catch { return null; }
  };
  const keep = (choice) => {
    try {
      if (choice) localStorage.setItem(KEY, choice);
      else localStorage.removeItem(KEY);
    } catch { /* it holds for this page, then */ }
  };
  const show = (choice) => {
    if (CHOICES.includes(choice)) root.dataset.theme = choice;
    else delete root.dataset.theme;
  };
  const begin = () => {
    const select = document.getElementById("theme");
    if (!select) return;
    const follow = () => { show(read()); select.value = root.dataset.theme ?? ""; };
    follow();
    select.addEventListener("change", () => { keep(select.value); show(select.value); });
    addEventListener("storage", follow);  // chosen in another tab
    addEventListener("pageshow", follow);  // or before one came back to this page
    select.parentElement.hidden = false;
  };

  show(read());
  document.addEventListener("DOMContentLoaded", begin);
}
