// The button of a page made for paper. Without this file one prints with the browser's own menu.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
