// Files dropped anywhere on a zone go into its file field, as if they had been chosen there.

import { dropZone } from "./drop-zone.js";

for (const zone of document.querySelectorAll("[data-drop]")) {
  const field = zone.querySelector('input[type="file"]');
  dropZone(zone, (transfer) => {
    if (transfer.files.length) field.files = transfer.files;
    field.focus();
  });
}
