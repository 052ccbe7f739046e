/** The import page: files may be dropped, and are looked at as soon as they are chosen. */
import { DropZone } from "frontend/page/drop-zone"

new DropZone({ form: document.querySelector("#import-form") })
