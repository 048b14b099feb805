// The page's HTML without what people typed into it and without what looks like a secret, at most `limit` characters.
// One function, evaluated in the page by both plugins: it sees nothing but its argument. The page is not changed.
(limit) => {
  const SECRET = /token|secret|passw|api-?key|auth|session|csrf|nonce/i;
  const KEPT = ['button', 'submit', 'reset', 'checkbox', 'radio'];
  const ATTRIBUTE = 500; // characters of one attribute's value
  const SHORTEST = 4; // characters of a password that is looked for in the rest of the page
  const HIDDEN = '***';
  const root = document.documentElement;
  const copy = root.cloneNode(true);

  // what the browser does not show, whatever style sheet says so
  const copies = copy.querySelectorAll('body *:not(option)');
  root.querySelectorAll('body *:not(option)').forEach((node, at) => {
    const shown = !node.checkVisibility || node.checkVisibility({ visibilityProperty: true });
    if (!shown) copies[at].setAttribute('hidden', '');
  });

  const typed = [...root.querySelectorAll('input[type=password]')].map((node) => node.value);
  copy.querySelectorAll('script,style,noscript,link,template').forEach((node) => node.remove());
  copy.querySelectorAll('meta').forEach((node) => node.removeAttribute('content'));
  copy.querySelectorAll('textarea,[contenteditable]:not([contenteditable=false])').forEach((node) => { node.textContent = ''; });
  copy.querySelectorAll('svg').forEach((node) => { node.innerHTML = ''; });
  copy.querySelectorAll('input').forEach((node) => {
    if (!KEPT.includes(node.type)) node.removeAttribute('value');
  });
  const query = (text) => text.replace(/([?&#;])([^=?&#;]*)=([^&#;]*)/g, (all, mark, key) => (SECRET.test(key) ? `${mark}${key}=${HIDDEN}` : all));
  for (const node of copy.querySelectorAll('*')) {
    for (const { name, value } of [...node.attributes]) {
      const safe = SECRET.test(name) ? HIDDEN : query(value).slice(0, ATTRIBUTE);
      if (/^on|^style$|^srcset$/.test(name)) node.removeAttribute(name);
      else if (safe !== value) node.setAttribute(name, safe);
    }
  }
  const comments = document.createTreeWalker(copy, NodeFilter.SHOW_COMMENT);
  const found = [];
  while (comments.nextNode()) found.push(comments.currentNode);
  found.forEach((node) => node.remove());

  let html = copy.outerHTML.replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, HIDDEN); // a JSON Web Token
  for (const value of typed) if (value.length >= SHORTEST) html = html.split(value).join(HIDDEN);
  return html.slice(0, limit);
}
