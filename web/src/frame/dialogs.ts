// Dialogs and short words at the edge of the page.
import { mount } from "./mount";

const TOAST_MS = 4000;

mount("[data-open]", (button) => {
  button.addEventListener("click", () => {
    const dialog = document.getElementById(button.dataset["open"] ?? "");
    if (dialog instanceof HTMLDialogElement) dialog.showModal();
  });
});
mount("[data-close]", (button) => button.addEventListener("click", () => button.closest("dialog")?.close()));
mount("dialog", (dialog) => {
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog && dialog instanceof HTMLDialogElement) dialog.close(); // beside it
  });
});

/** Say something for a few seconds. */
export function toast(text: string): void {
  const place = document.querySelector("dialog[open] .toasts") ?? document.querySelector(".toasts:not(dialog *)");
  if (!place || !text) return;
  const said = Object.assign(document.createElement("p"), { textContent: text });
  place.append(said);
  setTimeout(() => said.remove(), TOAST_MS);
}
