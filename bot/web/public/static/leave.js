// Leaves the page at once: it is empty while the next one loads, and [Back] doesn't lead to it.
// No key does the same: pressed by mistake, it would take what somebody is writing about a child.
"use strict";
{
  const link = document.querySelector(".leave a");
  link.addEventListener("click", (event) => {
    event.preventDefault();
    // browsers may bring back what was typed, and list a page by its last title
    for (const field of document.querySelectorAll("textarea")) field.value = "";
    document.title = link.hostname;
    document.body.hidden = true;
    location.replace(link.href);
  });
}
