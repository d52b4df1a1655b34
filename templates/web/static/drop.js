// Dropping files: whole folders too, each file to the field that takes it; and a form that is sent once.

import { dropZone } from "./drop-zone.js";

const MAPPING = /\.toml$/i;
const WORKBOOK = /\.(xlsx|xlsm|xls|xlsb|ods)$/i;

for (const form of document.querySelectorAll("form[data-drop]")) setUp(form);

function setUp(form) {
  const zone = form.querySelector(".drop");
  for (const one of form.querySelectorAll("[data-folder], [data-drop-text]")) one.hidden = false;
  dropZone(zone, async (transfer) => take(form, await dropped(transfer)));
  form.addEventListener("change", () => show(form));
  form.addEventListener("submit", (event) => send(form, event));
  show(form);
}

/** The files of a drop, those of its folders too, each with its path. */
export async function dropped(transfer) {
  const entries = [...transfer.items].map((one) => one.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files].map((file) => ({ file, path: file.name }));
  return (await Promise.all(entries.map((one) => walk(one, "")))).flat();
}

async function walk(entry, folder) {
  if (entry.isFile) {
    const file = await new Promise((found, failed) => entry.file(found, failed));
    return [{ file, path: folder + file.name }];
  }
  const reader = entry.createReader();
  const inside = [];
  for (;;) {
    const some = await new Promise((found, failed) => reader.readEntries(found, failed));
    if (!some.length) break;
    inside.push(...some);
  }
  return (await Promise.all(inside.map((one) => walk(one, `${folder}${entry.name}/`)))).flat();
}

// Workbooks go to the field of workbooks, a mapping to its own, where it takes the place of another, everything else to
// that of documents, beside what was chosen before.
function take(form, files) {
  const fields = Object.fromEntries([...form.querySelectorAll("[data-takes]")].reverse().map((one) => [one.dataset.takes, one]));
  const lists = Object.fromEntries(Object.keys(fields).map((name) => [name, new DataTransfer()]));
  for (const [name, field] of Object.entries(fields)) for (const file of field.files) lists[name].items.add(file);
  for (const { file, path } of files) {
    const bare = path.split("/").pop();
    if (bare.startsWith(".") || bare.startsWith("~$")) continue;
    const to = fields.classeurs && WORKBOOK.test(path) ? "classeurs" : fields.correspondance && MAPPING.test(path) ? "correspondance" : "pieces";
    if (to === "correspondance") lists[to].items.clear();
    lists[to].items.add(new File([file], to === "pieces" ? path : file.name, { type: file.type }));
  }
  for (const [name, field] of Object.entries(fields)) field.files = lists[name].files;
  show(form);
}

function show(form) {
  const list = form.querySelector("[data-dropped]");
  const files = [...form.querySelectorAll("[data-takes]")].flatMap((one) => [...one.files]);
  list.replaceChildren(...files.slice(0, 12).map((file) => line(file.name, sizeOf(file.size))));
  if (files.length > 12) list.append(line(`et ${files.length - 12} autres fichiers`, ""));
  list.hidden = !files.length;
}

function line(name, size) {
  const item = document.createElement("li");
  item.textContent = name;
  if (size) {
    const small = document.createElement("span");
    small.textContent = size;
    item.append(" ", small);
  }
  return item;
}

function sizeOf(bytes) {
  const units = bytes < 1e6 ? [1e3, "ko"] : [1e6, "Mo"];
  return `${(bytes / units[0]).toLocaleString("fr-FR", { maximumFractionDigits: bytes < 1e6 ? 0 : 1 })}\u00a0${units[1]}`;
}

// Pressed twice, it is sent once; the browser's back button brings a form that can be sent again.
function send(form, event) {
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  const button = form.querySelector("button[type=submit]");
  button.dataset.label = button.textContent;
  button.textContent = button.dataset.busy ?? button.textContent;
  button.setAttribute("aria-disabled", "true");
  const progress = form.querySelector("[data-progress]");
  if (progress) progress.textContent = button.textContent;
}

addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    const button = form.querySelector("button[type=submit]");
    button.textContent = button.dataset.label;
    button.removeAttribute("aria-disabled");
  }
});

for (const button of document.querySelectorAll("button[data-confirm]")) {
  button.addEventListener("click", (event) => {
    if (!confirm(button.dataset.confirm)) event.preventDefault();
  });
}
