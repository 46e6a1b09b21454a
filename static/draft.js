// A page of a draft that saves itself: says when there is no connection, and sends again when it is back.
// Everything works without this file; the button then sends the form as forms are sent.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("form[data-unsent]");
  if (!form || !window.htmx) return;
  let unsent = false;
  const status = () => document.getElementById("saved");
  const missed = () => {
    unsent = true;
    if (status()) status().textContent = form.dataset.unsent;
  };
  document.body.addEventListener("htmx:sendError", missed);
  document.body.addEventListener("htmx:timeout", missed);
  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && event.detail.elt === form) unsent = false;
  });
  window.addEventListener("online", () => {
    if (unsent) htmx.trigger(form, "change");
  });
  // Leaving without a connection would lose what was typed: the browser's error page has no way back to it.
  form.addEventListener("submit", (event) => {
    if (navigator.onLine) return;
    event.preventDefault();
    missed();
    status()?.scrollIntoView({ block: "nearest" });
  });
});
