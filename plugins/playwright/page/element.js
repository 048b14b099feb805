// What the page says about the one element that a locator finds; null where it finds none or several.
// One function, evaluated in the page by both plugins: it sees nothing but its argument. No typed value is in it.
(nodes) => {
  if (nodes.length !== 1) return null;
  const LONGEST = 200; // characters of a text
  const MOST = 30; // words, classes, attributes
  const NEAR = 50; // px around it that its neighbours stand in
  const OWN = new Set(['id', 'name', 'class', 'href', 'alt', 'value', 'style', 'role', 'aria-label']);
  const SECRET = /token|secret|passw|api-?key|auth|session|csrf|nonce/i;
  const BUTTONS = ['button', 'submit', 'reset'];
  const node = nodes[0];
  const tag = node.localName;

  const cut = (text) => (text || '').replace(/\s+/g, ' ').trim().slice(0, LONGEST);
  const words = (text) => cut(text).split(' ').filter(Boolean).slice(0, MOST);
  const step = (each) => {
    const alike = each.parentElement ? [...each.parentElement.children].filter((one) => one.localName === each.localName) : [];
    return `${each.localName}[${Math.max(1, alike.indexOf(each) + 1)}]`;
  };
  const path = (each, stop) => {
    const steps = [];
    for (let at = each; at && at !== stop; at = at.parentElement) steps.unshift(step(at));
    return steps.join('/');
  };
  const named = node.closest('[id]');
  const idPath = () => {
    const quoted = `//*[@id="${named.id}"]`;
    return named === node ? quoted : `${quoted}/${path(node, named)}`;
  };
  const neighbours = () => {
    const box = node.getBoundingClientRect();
    const near = [];
    for (const other of node.ownerDocument.querySelectorAll('label,a,button,h1,h2,h3,h4,p,li,td,th,span,legend')) {
      if (near.length >= MOST) break;
      if (other === node || other.contains(node) || node.contains(other)) continue;
      const one = other.getBoundingClientRect();
      const apart = one.right < box.left - NEAR || one.left > box.right + NEAR || one.bottom < box.top - NEAR || one.top > box.bottom + NEAR;
      if (!apart && one.width) near.push(...words(other.textContent));
    }
    return near.slice(0, MOST);
  };
  const label = () => {
    const by = (node.getAttribute('aria-labelledby') || '').split(/\s+/).map((id) => id && node.ownerDocument.getElementById(id));
    const told = by.filter(Boolean).map((one) => one.textContent).join(' ');
    const labels = [...(node.labels || [])].map((one) => one.textContent).join(' ');
    return cut(told || node.getAttribute('aria-label') || labels || node.getAttribute('title'));
  };
  const caption = () => (tag === 'input' && BUTTONS.includes(node.type) ? node.value : node.getAttribute('placeholder'));

  const box = node.getBoundingClientRect();
  const whole = (number) => Math.round(number);
  const attributes = {};
  for (const { name, value } of [...node.attributes].sort((one, other) => (one.name < other.name ? -1 : 1)).slice(0, MOST)) {
    if (!OWN.has(name) && !name.startsWith('on') && !SECRET.test(name)) attributes[name] = cut(value);
  }
  const told = {
    tag,
    id: node.id || null,
    name: node.getAttribute('name'),
    classList: [...node.classList].slice(0, MOST),
    href: node.hasAttribute('href') ? cut(node.getAttribute('href').split(/[?#]/)[0]) : null,
    alt: node.getAttribute('alt'),
    xpath: `/${path(node, null)}`,
    idxpath: named ? idPath() : null,
    isButton: tag === 'button' || (tag === 'a' && /\bbtn\b/.test(node.className)) || (tag === 'input' && BUTTONS.includes(node.type)),
    location: { x: whole(box.x), y: whole(box.y), width: whole(box.width), height: whole(box.height) },
    area: whole(box.width * box.height),
    shape: box.height ? whole((100 * box.width) / box.height) : null,
    visibleText: words((node.isContentEditable || tag === 'textarea' || tag === 'select' ? '' : node.innerText) || caption()),
    neighborText: neighbours(),
    role: node.getAttribute('role'),
    label: label() || null,
    attributes,
    visible: Boolean(box.width && box.height),
    enabled: !node.disabled,
  };
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== null));
}
