// The page's HTML without what people typed into it and without what looks like a secret, at most `limit` characters.
// Open shadow roots are in it as templates, and frames of the same origin as `srcdoc`. One function, evaluated in the page
// by both plugins: it sees nothing but its argument. The page is not changed.
(limit) => {
  const SECRET = /token|secret|passw|api[-_]?key|auth|session|csrf|nonce/i;
  const KEPT = ['button', 'submit', 'reset', 'checkbox', 'radio'];
  const ATTRIBUTE = 500; // characters of one attribute's value
  const SHORTEST = 4; // characters of a password that is looked for in the rest of the page
  const DEEPEST = 5; // shadow roots and frames inside each other
  const HIDDEN = '***';
  const typed = [];

  const safeUrl = (text) =>
    text.replace(/([?&#;])([^=?&#;]*)=([^&#;]*)/g, (all, mark, key) => (SECRET.test(key) ? `${mark}${key}=${HIDDEN}` : all));

  const clean = (copy) => {
    copy.querySelectorAll('script,style,noscript,link,template').forEach((node) => node.remove());
    copy.querySelectorAll('meta').forEach((node) => node.removeAttribute('content'));
    copy.querySelectorAll('textarea,[contenteditable]:not([contenteditable=false])').forEach((node) => node.replaceChildren());
    copy.querySelectorAll('svg').forEach((node) => node.replaceChildren());
    copy.querySelectorAll('input').forEach((node) => KEPT.includes(node.type) || node.removeAttribute('value'));
    for (const node of copy.querySelectorAll('*')) {
      for (const { name, value } of [...node.attributes]) {
        const safe = SECRET.test(name) ? HIDDEN : safeUrl(value).slice(0, ATTRIBUTE);
        if (/^on|^style$|^src(set|doc)$/.test(name)) node.removeAttribute(name);
        else if (safe !== value) node.setAttribute(name, safe);
      }
    }
    const comments = document.createTreeWalker(copy, NodeFilter.SHOW_COMMENT);
    const found = [];
    while (comments.nextNode()) found.push(comments.currentNode);
    found.forEach((node) => node.remove());
  };

  const frameOf = (node) => {
    try {
      return node.contentDocument && node.contentDocument.documentElement;
    } catch {
      return null; // of another origin
    }
  };

  // `copy` holds the same nodes as `root`, in the same order
  const fill = (root, copy, depth) => {
    const copies = [...copy.querySelectorAll('*')];
    const inner = [];
    [...root.querySelectorAll('*')].forEach((node, at) => {
      const isShown = !node.checkVisibility || node.checkVisibility({ visibilityProperty: true });
      if (!isShown && node.localName !== 'option' && !node.closest('head')) copies[at].setAttribute('hidden', '');
      if (node.localName === 'input' && node.type === 'password') typed.push(node.value);
      if (depth < DEEPEST && (node.shadowRoot || node.localName === 'iframe')) inner.push([node, copies[at]]);
    });
    clean(copy);
    for (const [node, host] of inner) {
      if (node.shadowRoot) host.prepend(shadowOf(node.shadowRoot, depth + 1));
      else if (frameOf(node)) host.setAttribute('srcdoc', pageOf(frameOf(node), depth + 1));
    }
  };
  const shadowOf = (root, depth) => {
    const copy = document.createElement('template');
    copy.setAttribute('shadowrootmode', 'open');
    copy.content.append(...[...root.childNodes].map((node) => node.cloneNode(true)));
    fill(root, copy.content, depth);
    return copy;
  };
  const pageOf = (root, depth) => {
    const copy = root.cloneNode(true);
    fill(root, copy, depth);
    return copy.outerHTML;
  };

  let html = pageOf(document.documentElement, 0).replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, HIDDEN); // a JSON Web Token
  for (const value of typed) if (value.length >= SHORTEST) html = html.split(value).join(HIDDEN);
  return html.slice(0, limit);
}
