// Brings a part of the page to what the server now says of it, and touches nothing else: what has the focus keeps it,
// what is being typed stays typed, what is scrolled stays where it is.

/** Makes `old` what `fresh` is. `typed(field)`: whether a person is typing in that field. */
export function merge(old, fresh, typed) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeType !== Node.ELEMENT_NODE || old.tagName !== fresh.tagName || old.id !== fresh.id) {
    old.replaceWith(fresh);
    return;
  }
  const busy = typed(old);
  mergeAttributes(old, fresh);
  mergeChildren(old, fresh, typed);
  if (!busy && (old.tagName === "INPUT" || old.tagName === "SELECT" || old.tagName === "TEXTAREA")) mergeValue(old, fresh);
}

function mergeValue(old, fresh) {
  if (old.type === "file") return;
  if (old.type === "checkbox") old.checked = fresh.checked;
  else if (old.value !== fresh.value) old.value = fresh.value;
}

function mergeAttributes(old, fresh) {
  const opened = old.tagName === "DETAILS"; // opened and closed by the person alone
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !(opened && name === "open")) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value && !(opened && name === "open")) old.setAttribute(name, value);
  }
}

// Children with an identifier are the same child wherever they stand; the others are compared in their order. A child
// that stays is not moved where what stood before it has gone: moved, it would lose the focus.
function mergeChildren(old, fresh, typed) {
  const kept = new Set();
  for (const one of fresh.children) if (one.id) kept.add(one.id);
  let here = old.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const same = wanted.id ? [...old.children].find((one) => one.id === wanted.id) : null;
    while (here && here !== same && (here.id ? !kept.has(here.id) : same)) here = removed(here);
    const twin = same ?? (here && !here.id && !wanted.id && here.nodeType === wanted.nodeType ? here : null);
    if (!twin) {
      old.insertBefore(wanted, here);
      continue;
    }
    if (twin === here) here = here.nextSibling;
    else old.insertBefore(twin, here);
    merge(twin, wanted, typed);
  }
  while (here) here = removed(here);
}

function removed(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}
