// Narrows a long list on the page while one types; without scripts the whole list stands there.
// The field is in the page, hidden: data-narrow picks what is narrowed, data-few and data-none say
// how much is left, with {count} and {all}.
"use strict";
{
  const LONG = 8;  // fewer are seen at a glance
  const PAUSE = 400;  // ms without a key, after which a screen reader is told
  // letters that are another one with a stroke, and have no accent that could be taken off
  const STROKES = { "ø": "o", "ł": "l", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe" };

  // Without accents, vowel signs, stretched letters and case, as people type in a hurry.
  const folded = (text) => text.normalize("NFKD").toLowerCase()
    .replace(/[\p{M}\p{Cf}\u0640]/gu, "").replace(/[øłđıßæœ]/g, (letter) => STROKES[letter])
    .replace(/[’ʼ]/g, "'").replace(/\s+/g, " ").trim();

  const headed = (item) => item.closest("section")?.querySelector("h2")?.textContent ?? "";

  const begin = (box) => {
    const items = [...document.querySelectorAll(box.dataset.narrow)];
    if (items.length < LONG) return;
    const field = box.querySelector("input");
    const status = box.querySelector("[role=status]");
    const texts = items.map((item) => folded(`${headed(item)} ${item.textContent}`));
    const sections = new Set(items.map((item) => item.closest("section")).filter(Boolean));
    sections.delete(box.closest("section"));
    const number = new Intl.NumberFormat(document.documentElement.lang);
    let waiting = 0;

    const said = (count) => {
      const words = count ? box.dataset.few : box.dataset.none;
      const gaps = { count: number.format(count), all: number.format(items.length) };
      return words.replace(/\{(count|all)\}/g, (_, name) => gaps[name]);
    };
    const narrow = () => {
      const words = folded(field.value).split(" ");
      let count = 0;
      items.forEach((item, at) => {
        item.hidden = !words.every((word) => texts[at].includes(word));
        count += !item.hidden;
      });
      for (const section of sections) {
        section.hidden = items.every((item) => item.hidden || !section.contains(item));
      }
      clearTimeout(waiting);
      const asked = words[0] !== "";
      waiting = setTimeout(() => { status.textContent = asked ? said(count) : ""; }, PAUSE);
    };

    field.addEventListener("input", narrow);
    addEventListener("pageshow", narrow);  // browsers put back what was typed
    box.hidden = false;
  };

  document.querySelectorAll("[data-narrow]").forEach(begin);
}
