// Resolves the pages' imports as the browser does: `/static/web/money.js` is `web/static/money.js`.

import { register } from "node:module";

register("./static_resolver.js", import.meta.url);
