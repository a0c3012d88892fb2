// Buttons that copy a text, or the address of a link; without scripts one marks it by hand.
// A button is in the page, hidden: data-copy names the element, data-copied and data-failed are
// what is said afterwards, in the role=status beside it.
"use strict";
{
  const SAID = 4000;  // ms for which it stands there

  const begin = (button) => {
    const source = document.getElementById(button.dataset.copy);
    const status = button.parentElement.querySelector("[role=status]");
    let waiting = 0;

    const say = (words) => {
      clearTimeout(waiting);
      status.textContent = words;
      waiting = setTimeout(() => { status.textContent = ""; }, SAID);
    };
    button.addEventListener("click", async () => {
      const text = source instanceof HTMLAnchorElement ? source.href : source.innerText.trim();
      try {
        await navigator.clipboard.writeText(text);
        say(button.dataset.copied);
      } catch {
        getSelection().selectAllChildren(source);  // one key is left to press
        say(button.dataset.failed);
      }
    });
    button.parentElement.hidden = false;
  };

  // browsers have a clipboard for pages behind https alone
  if (navigator.clipboard) document.querySelectorAll("[data-copy]").forEach(begin);
}
