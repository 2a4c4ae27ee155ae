// The page's script and icon, as text, so that the bundled program needs no files beside it. The script fetches the page
// every five seconds and changes of its live part what has changed, so that focus, selection, scroll positions and what the
// reader has opened or typed stay, and says loudly when the exporter no longer answers: figures that silently stopped moving
// would be taken for true.

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

// What a part is about. A row of another prefix is another row, and a link never becomes one that leads elsewhere.
function keyOf(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return node.nodeName;
  const within = node.matches('section, tr, li, .device, .rack') && node.querySelector('[id], a[href]');
  const named = within && !node.id ? within : node;
  return node.nodeName + ' ' + (named.id || named.getAttribute('href') || '');
}

// Makes old what fresh is, and leaves alone what is the same.
function renew(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeType !== Node.ELEMENT_NODE) {
    old.nodeValue = fresh.nodeValue;
    return;
  }
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  let at = old.firstChild;
  for (const child of [...fresh.childNodes]) {
    const key = keyOf(child);
    let same = at;
    // Text is no reason to skip elements.
    while (same && keyOf(same) !== key) same = child.nodeType === Node.ELEMENT_NODE ? same.nextSibling : null;
    if (!same) {
      old.insertBefore(child, at);
      continue;
    }
    while (at !== same) {
      const gone = at;
      at = at.nextSibling;
      gone.remove();
    }
    at = at.nextSibling;
    renew(same, child);
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}

function show(text) {
  const next = new DOMParser().parseFromString(text, 'text/html');
  const fresh = next.getElementById('live');
  if (!fresh) throw new Error('not the page');
  for (const [id, open] of toggled) {
    const details = fresh.querySelector('details[id="' + CSS.escape(id) + '"]');
    if (details) details.open = open;
  }
  const focused = document.activeElement;
  renew(live, fresh);
  document.title = next.title;
  // A row that has moved is a new one: the focus goes to the same link in it, if it is still there.
  if (!focused.isConnected) {
    const href = focused.getAttribute('href');
    const again = focused.id
      ? document.getElementById(focused.id)
      : href && live.querySelector('a[href="' + CSS.escape(href) + '"]');
    again?.focus({ preventScroll: true });
  }
  lost.hidden = true;
}

async function refresh() {
  if (busy || document.hidden) return;
  busy = true;
  try {
    const response = await fetch(location.pathname + location.search, { cache: 'no-store', signal: AbortSignal.timeout(10000) });
    // Whatever its status: what was asked for may be known no longer (404) or not yet (503). What is not the page throws.
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
