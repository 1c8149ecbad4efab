// @ts-check
/** Buttons that copy the piece of code beside them. */
export function copy() {
  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll('.copy'))) {
    if (!navigator.clipboard) return;
    button.hidden = false;
    const name = button.closest('figcaption')?.firstChild?.textContent ?? '';
    button.setAttribute('aria-label', `Copy: ${name}`);
    button.addEventListener('click', async () => {
      const code = button.closest('.snippet')?.querySelector('code')?.textContent ?? '';
      await navigator.clipboard.writeText(code).then(
        () => (button.textContent = 'Copied'),
        () => (button.textContent = 'Not allowed'),
      );
      setTimeout(() => (button.textContent = 'Copy'), 2000);
    });
  }
}
