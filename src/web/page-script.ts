// The page's script and icon, as text, so that the bundled program needs no files beside it. The script fetches the page
// every five seconds and swaps its live part in, keeping what the reader has opened, and says loudly when the exporter
// no longer answers: figures that silently stopped moving would be taken for true.

export const pageScript = `'use strict';
const live = document.getElementById('live');
const lost = document.getElementById('lost');
const toggled = new Map();
let busy = false;

// Not the toggle event: that one also comes for every part that the server opened.
live.addEventListener('click', (event) => {
  const details = event.target.closest('summary')?.parentElement;
  if (details) toggled.set(details.id, !details.open);
});

function show(text) {
  const next = new DOMParser().parseFromString(text, 'text/html');
  const fresh = next.getElementById('live');
  if (!fresh) throw new Error('not the page');
  const focused = document.activeElement && document.activeElement.id;
  for (const [id, open] of toggled) {
    const details = fresh.querySelector('details[id="' + CSS.escape(id) + '"]');
    if (details) details.open = open;
  }
  // What somebody is typing or has chosen is theirs.
  const filled = [...live.querySelectorAll('input[id], select[id]')].map(({ id, value }) => [id, value]);
  const caret = document.activeElement?.selectionStart;
  live.replaceChildren(...fresh.childNodes);
  for (const [id, value] of filled) {
    const field = document.getElementById(id);
    if (field) field.value = value;
  }
  live.dataset.clock = fresh.dataset.clock;
  document.title = next.title;
  if (focused) {
    const field = document.getElementById(focused);
    field?.focus();
    if (typeof caret === 'number') field?.setSelectionRange(caret, caret);
  }
  lost.hidden = true;
}

async function refresh() {
  if (busy || document.hidden) return;
  busy = true;
  try {
    const response = await fetch(location.pathname + location.search, { cache: 'no-store', signal: AbortSignal.timeout(10000) });
    // What was asked for may no longer be known (404): that, too, is shown.
    if (response.status >= 500) throw new Error(String(response.status));
    show(await response.text());
  } catch {
    document.getElementById('lost-since').textContent = live.dataset.clock;
    lost.hidden = false;
  }
  busy = false;
}

document.addEventListener('submit', async (event) => {
  const form = event.target;
  // Searching goes to another page.
  if (form.method !== 'post') return;
  event.preventDefault();
  // Not form.action: that is the input of this name.
  await fetch(form.getAttribute('action'), { method: 'POST', body: new URLSearchParams(new FormData(form)) }).catch(() => {});
  refresh();
});
document.addEventListener('visibilitychange', refresh);
setInterval(refresh, 5000);
`;

export const pageIcon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#1f5fbf"/><g stroke="#fff" stroke-width="2.5" fill="#fff"><path d="M16 9 8 22M16 9l8 13M8 22h16" fill="none"/><circle cx="16" cy="9" r="3"/><circle cx="8" cy="22" r="3"/><circle cx="24" cy="22" r="3"/></g></svg>
`;
