// Correcting in place: a cell is kept by Enter or when it is left, and judged again at once; documents are dropped on
// their cell; what is asked for (rows, kinds, pages) is shown without leaving the page.

import { Changes } from "./changes.js";
import { dropped } from "./drop.js";
import { merge } from "./merge.js";

const SEEN = 12_000; // milliseconds that what is announced stays in sight
const FIELD = "input.cell, select.cell, textarea.cell";
const result = document.getElementById("resultat");
const address = location.pathname;
const voice = document.getElementById("annonce");
const network = document.getElementById("reseau");
const before = new WeakMap(); // the text of a field as it was last known
let asked = 0; // what was asked for last is shown, whichever answer comes last
let byKeyboard = false; // whether a list is being walked through with the arrows: then it is Enter that keeps

document.documentElement.classList.add("with-script");
const changes = new Changes(address, sendChange, tellNetwork);
remember();
changes.go();

// ——— what is asked of the server

async function ask(to, body, options = {}, wanted = () => true) {
  const answer = await fetch(to, { method: "POST", body, headers: { "X-Fragment": "1" }, ...options });
  const text = await answer.text();
  if (!answer.headers.has("X-Fragment")) return { status: answer.status };
  if (wanted()) show(text);
  return { status: answer.status };
}

function viewed() {
  return new FormData(document.getElementById("filtres") ?? undefined);
}

function show(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("resultat");
  const focused = document.activeElement;
  merge(result, fresh, typed);
  remember();
  if (focused && !focused.isConnected && document.activeElement === document.body) (nextField(null) ?? result.querySelector("h2"))?.focus();
  if (result.dataset.said) say(result.dataset.said);
}

function remember() {
  for (const field of result.querySelectorAll(FIELD)) if (!typed(field)) before.set(field, field.value);
}

function typed(field) {
  if (field.id === "q") return field === document.activeElement;
  return field.matches?.(FIELD) && before.has(field) && field.value !== before.get(field);
}

let silence = 0;

function say(text) {
  clearTimeout(silence);
  voice.textContent = "";
  requestAnimationFrame(() => (voice.textContent = text));
  silence = setTimeout(() => (voice.textContent = ""), SEEN);
}

// ——— one correction

function keep(field) {
  const known = before.get(field);
  if (!field.isConnected || field.value === known) return;
  before.set(field, field.value);
  field.closest("td, .field").classList.add("sending");
  changes.add({ field: field.name, label: field.getAttribute("aria-label"), text: field.value, known, sheet: sheetKey() });
}

function sheetKey() {
  return document.querySelector("#filtres [name=feuille]")?.value ?? "";
}

async function sendChange(change, again = true) {
  const body = viewed();
  body.set("feuille", change.sheet);
  body.set("revision", result.dataset.revision);
  body.set(change.field, change.text);
  const { status } = await ask(`${address}/cellules`, body, { keepalive: true });
  if (status === 409) {
    // another window changed the workbook: the correction stands if this cell is still as it was
    const field = result.querySelector(`[name="${CSS.escape(change.field)}"]`);
    if (again && (!field || field.value === change.known || field.value === change.text)) return sendChange(change, false);
    say(`${change.label} a été changé entre-temps dans une autre fenêtre : votre saisie « ${change.text} » n'a pas été gardée.`);
    return "conflict";
  }
  if (status === 422) {
    say(`${change.label} : cette cellule n'a pas pu être changée. Corrigez-la dans Excel.`);
    return "conflict";
  }
  return status < 400 ? "done" : "later";
}

function tellNetwork(count) {
  network.hidden = !count;
  if (!count) return;
  const what = count > 1 ? `${count} corrections attendent` : "une correction attend";
  network.textContent = `Connexion perdue : ${what} ; rien n'est perdu, tout partira dès qu'elle reviendra. Si le serveur a été relancé, rouvrez la page à l'adresse qu'il donne.`;
}

// ——— from cell to cell

function fields() {
  return [...result.querySelectorAll(FIELD)];
}

/** The next field with something to correct, after this one; the first one after the last. */
function nextField(field) {
  const wanted = fields().filter((one) => one === field || one.closest("td.erreur, td.avertissement, .field.erreur, .field.avertissement"));
  const next = wanted[wanted.indexOf(field) + 1] ?? wanted[0];
  return next === field ? null : next;
}

function goTo(field) {
  if (!field) return;
  field.focus({ preventScroll: true });
  if (field.select) field.select();
  field.scrollIntoView({ block: "nearest", inline: "center" });
}

result.addEventListener("keydown", (event) => {
  const field = event.target;
  if (!field.matches(FIELD)) return;
  if (event.key === "Enter" && !event.isComposing && !(event.shiftKey && field.tagName === "TEXTAREA")) {
    event.preventDefault();
    byKeyboard = false;
    const next = nextField(field);
    keep(field);
    goTo(next);
  } else if (event.key === "Escape") {
    field.value = before.get(field);
  } else {
    byKeyboard = field.tagName === "SELECT" && event.key !== "Tab";
  }
});

result.addEventListener("pointerdown", () => (byKeyboard = false));

result.addEventListener("change", (event) => {
  const field = event.target;
  if (field.matches(FIELD) && !byKeyboard) keep(field);
  if (field.form?.id === "filtres") look();
  if (field.type === "file") sendDocuments(field.form.elements.cellule.value, field.files);
});

result.addEventListener("focusout", (event) => {
  if (event.target.matches(FIELD)) keep(event.target);
});

addEventListener("pagehide", () => {
  if (document.activeElement?.matches(FIELD)) keep(document.activeElement);
});

result.addEventListener("dblclick", (event) => {
  const cell = event.target.closest("td[data-tag]");
  if (cell) open(cell.closest("tbody").id.slice(6), cell.dataset.tag);
});

async function open(row, tag) {
  const body = viewed();
  body.set("ligne", row);
  const mine = ++asked;
  await ask(address, body, {}, () => mine === asked);
  goTo(tag ? document.getElementById(`c-${row}-${tag}`) : result.querySelector(`#ligne-${row} :is(input.cell, select.cell, textarea.cell)`));
}

// ——— what is shown

async function look(extra = {}) {
  const body = viewed();
  for (const name of ["ligne", "page"]) body.delete(name); // until something else is asked for, both stay
  for (const [name, value] of Object.entries(extra)) body.set(name, value);
  const mine = ++asked;
  result.setAttribute("aria-busy", "true");
  await ask(address, body, {}, () => mine === asked).catch(() => tellNetwork(1));
  if (mine === asked) result.removeAttribute("aria-busy");
  history.replaceState(null, "", result.dataset.address);
}

let pause = 0;
result.addEventListener("input", (event) => {
  if (event.target.id !== "q") return;
  clearTimeout(pause);
  pause = setTimeout(look, 250);
});

result.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.id === "filtres") {
    event.preventDefault();
    const button = event.submitter;
    await look(button?.name ? { [button.name]: button.value } : {});
    if (button?.name) document.getElementById("grille")?.scrollTo({ top: 0 });
  } else if (form.id === "annuler") {
    event.preventDefault();
    const body = viewed();
    body.set("revision", result.dataset.revision);
    await ask(form.action, body);
  } else if (form.matches("[data-document-form]")) {
    event.preventDefault();
    sendDocuments(form.elements.cellule.value, form.elements.pieces.files);
  } else if (form.id === "correction") {
    event.preventDefault();
  }
});

result.addEventListener("click", (event) => {
  const place = event.target.closest("a.place");
  if (place) {
    event.preventDefault();
    goTo(document.getElementById(place.hash.slice(1)));
    return;
  }
  const link = event.target.closest("a[data-view]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (link.dataset.open) {
    open(link.dataset.open);
    return;
  }
  const wanted = new URL(link.href).searchParams;
  const lignes = wanted.get("lignes") === "toutes" ? "" : "a-corriger";
  look({ feuille: wanted.get("feuille") ?? "", lignes, constat: wanted.get("constat") ?? "", q: "" }).then(() =>
    document.getElementById("feuille")?.scrollIntoView({ block: "start" }),
  );
});

// ——— documents

/** `cell`: the one that the documents are for, « 3.bonCommande ». */
async function sendDocuments(cell, files) {
  if (!files.length) return;
  const body = viewed();
  body.set("cellule", cell);
  body.set("revision", result.dataset.revision);
  for (const file of files) body.append("pieces", file);
  result.setAttribute("aria-busy", "true");
  const { status } = await ask(`${address}/pieces`, body).catch(() => ({ status: 0 }));
  result.removeAttribute("aria-busy");
  if (status === 413) say("Ce fichier est trop gros pour être joint.");
  else if (status >= 400 || !status) say("La pièce n'a pas pu être jointe : réessayez.");
}

for (const kind of ["dragover", "dragleave", "drop"]) {
  result.addEventListener(kind, async (event) => {
    const cell = event.target.closest("td[data-document]");
    if (!cell) return;
    event.preventDefault();
    cell.classList.toggle("over", kind === "dragover");
    if (kind !== "drop") return;
    const files = (await dropped(event.dataTransfer)).slice(0, 1).map((one) => one.file);
    sendDocuments(cell.dataset.document, files);
  });
}
