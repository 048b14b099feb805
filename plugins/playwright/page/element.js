// What the page says about the one element that a locator finds, in the words of schemas/element.v1.schema.json; null
// where it finds none or several. One function, evaluated in the page by both plugins: it sees nothing but its argument.
// No typed value is in it.
(nodes) => {
  if (nodes.length !== 1) return null;
  const LONGEST = 200; // characters of a text
  const MOST = 30; // words, classes, attributes
  const NEAR = 50; // px around it that its neighbours stand in
  const NEIGHBOURS = 'label,a,button,h1,h2,h3,h4,p,li,td,th,span,legend';
  const OWN = new Set(['id', 'name', 'class', 'href', 'alt', 'value', 'style', 'role', 'aria-label']);
  const SECRET = /token|secret|passw|api[-_]?key|auth|session|csrf|nonce/i;
  const BUTTONS = ['button', 'submit', 'reset'];
  const LANDMARKS = ['main', 'navigation', 'form', 'search', 'banner', 'contentinfo', 'complementary', 'region', 'dialog', 'alertdialog'];
  const NAMED_BY_CONTENT = ['button', 'cell', 'checkbox', 'heading', 'link', 'menuitem', 'option', 'radio', 'row', 'switch', 'tab'];
  const ROLES = { // of tags, as HTML-AAM has them
    button: 'button', textarea: 'textbox', form: 'form', main: 'main', nav: 'navigation', aside: 'complementary',
    dialog: 'dialog', search: 'search', h1: 'heading', h2: 'heading', h3: 'heading', h4: 'heading', h5: 'heading',
    h6: 'heading', li: 'listitem', ul: 'list', ol: 'list', table: 'table', tr: 'row', td: 'cell', option: 'option', p: 'paragraph',
  };
  const INPUTS = {
    button: 'button', submit: 'button', reset: 'button', image: 'button', checkbox: 'checkbox', radio: 'radio',
    range: 'slider', number: 'spinbutton', search: 'searchbox', email: 'textbox', tel: 'textbox', text: 'textbox', url: 'textbox',
  };

  const cut = (text) => (text || '').replace(/\s+/g, ' ').trim().slice(0, LONGEST);
  const words = (text) => cut(text).split(' ').filter(Boolean).slice(0, MOST);
  const root = (each) => each.getRootNode();
  const byId = (each, id) => (root(each).getElementById ? root(each).getElementById(id) : null);

  // paths begin anew in a shadow root, as in a frame
  const step = (each) => {
    const siblings = each.parentNode ? [...each.parentNode.children] : [each];
    const number = siblings.filter((one) => one.localName === each.localName).indexOf(each) + 1;
    const name = each.namespaceURI.endsWith('xhtml') ? each.localName : `*[local-name() = "${each.localName}"]`;
    return `/${name}[${number}]`;
  };
  const path = (each, stop = null) => (!each || each === stop ? '' : path(each.parentElement, stop) + step(each));
  const named = nodes[0].closest('[id]');
  const frame = (each) => {
    const host = root(each).host || (root(each).defaultView && root(each).defaultView.frameElement);
    if (!host) return null;
    const own = path(host) + (root(each).host ? '/shadow-root' : '');
    return [frame(host), own].filter(Boolean).join(' >> ');
  };

  const role = (each) => {
    const told = (each.getAttribute('role') || '').trim().split(/\s+/)[0];
    if (told) return told.toLowerCase();
    if (each.localName === 'a') return each.hasAttribute('href') ? 'link' : null;
    if (each.localName === 'input') return INPUTS[each.type] || null;
    if (each.localName === 'select') return each.multiple || each.size > 1 ? 'listbox' : 'combobox';
    if (each.localName === 'img') return each.getAttribute('alt') === '' ? 'none' : 'img';
    return ROLES[each.localName] || null;
  };
  const label = (each) => {
    const by = (each.getAttribute('aria-labelledby') || '').split(/\s+/).map((id) => id && byId(each, id));
    const told = by.filter(Boolean).map((one) => one.textContent).join(' ') || each.getAttribute('aria-label');
    const labels = [...(each.labels || [])].map((one) => one.textContent).join(' ');
    const content = NAMED_BY_CONTENT.includes(role(each)) ? each.innerText || (BUTTONS.includes(each.type) && each.value) : '';
    return cut(told || labels || content || each.getAttribute('alt') || each.getAttribute('title')) || null;
  };
  const landmark = (each) => {
    for (let at = each.parentElement || root(each).host; at; at = at.parentElement || root(at).host) {
      if (!LANDMARKS.includes(role(at))) continue;
      const called = label(at) || at.id || at.getAttribute('name');
      return called ? `${role(at)} "${called}"` : role(at);
    }
    return null;
  };
  const neighbours = (each) => {
    const box = each.getBoundingClientRect();
    const near = [];
    for (const other of root(each).querySelectorAll(NEIGHBOURS)) {
      if (near.length >= MOST) break;
      if (other === each || other.contains(each) || each.contains(other)) continue;
      const one = other.getBoundingClientRect();
      const across = one.right < box.left - NEAR || one.left > box.right + NEAR;
      const along = one.bottom < box.top - NEAR || one.top > box.bottom + NEAR;
      if (one.width && !across && !along) near.push(...words(other.textContent));
    }
    return near.slice(0, MOST);
  };

  const node = nodes[0];
  const tag = node.localName;
  const isPressed = tag === 'input' && BUTTONS.includes(node.type);
  const isTyped = node.isContentEditable || tag === 'textarea' || tag === 'select';
  const box = node.getBoundingClientRect();
  const [x, y, width, height] = [box.x, box.y, box.width, box.height].map(Math.round);
  const others = [...node.attributes].filter(({ name }) => !OWN.has(name) && !name.startsWith('on') && !SECRET.test(name));
  const told = {
    tag: node.tagName, // as HTML has it, in capitals
    id: node.id.slice(0, LONGEST) || null,
    name: node.getAttribute('name')?.slice(0, LONGEST) ?? null,
    classList: [...node.classList].slice(0, MOST),
    href: node.hasAttribute('href') ? cut(node.getAttribute('href').split(/[?#]/)[0]) : null,
    alt: node.getAttribute('alt')?.slice(0, LONGEST) ?? null,
    xpath: path(node),
    idxpath: named ? `id("${named.id}")${path(node, named)}` : path(node),
    isButton: tag === 'button' || isPressed || (tag === 'a' && [...node.classList].some((one) => /btn/i.test(one))),
    location: { x, y, width, height },
    area: width * height,
    shape: height ? Math.round((100 * width) / height) : null,
    visibleText: words((isTyped ? '' : node.innerText) || (isPressed ? node.value : node.getAttribute('placeholder'))),
    neighborText: neighbours(node),
    role: role(node),
    label: label(node),
    attributes: Object.fromEntries(others.slice(0, MOST).map(({ name, value }) => [name, cut(value)]).sort()),
    visible: Boolean(width && height),
    enabled: !node.disabled,
    landmark: landmark(node),
    frame: frame(node),
  };
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== null));
}
