// Beside a wording: the posts that become of it, its length as the network counts it, what is too long
// and what it loses, while somebody types. Without this script the button for a preview says the same.
"use strict";
addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("form[data-measured]");
  const told = document.getElementById("told");
  const posts = document.getElementById("posts");
  const picture = document.getElementById("with-first");
  const text = form.elements.text;
  let waits = 0, asked = 0;
  const list = (lines, kind) => {
    const ul = document.createElement("ul");
    ul.className = `plain ${kind}`;
    for (const line of lines) ul.appendChild(document.createElement("li")).textContent = line;
    return ul;
  };
  const quote = (post) => {
    const block = document.createElement("blockquote");
    [block.className, block.dir, block.textContent] = ["sample", "auto", post];
    return block;
  };
  const measure = async () => {
    const mine = ++asked;
    const sent = new URLSearchParams({ token: form.elements.token.value, text: text.value });
    const answer = await fetch(form.dataset.measured, { method: "POST", body: sent }).catch(() => null);
    if (!answer || !answer.ok) return;
    const said = await answer.json();
    // an answer that comes late is about an older text
    if (mine !== asked) return;
    const kinds = ["lengths", "wrong", "lost"].filter((kind) => said[kind].length);
    const [first, ...more] = said.posts.map(quote);
    posts.replaceChildren(...(first ? [first] : []), picture, ...more);
    told.replaceChildren(...kinds.map((kind) => list(said[kind], kind)));
    if (said.wrong.length) text.setAttribute("aria-invalid", "true");
    else text.removeAttribute("aria-invalid");
  };
  text.addEventListener("input", () => {
    clearTimeout(waits);
    waits = setTimeout(measure, 400);
  });
});
