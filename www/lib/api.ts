/**
 * What the server's JSON looks like on the wire. Snake case, as sent; no logic lives here.
 * English and Chinese come in pairs: `title` and `title_zh` (see `localized` in i18n/localized.ts).
 */
export type * from "./api/access.ts";
export type * from "./api/catalogue.ts";
export type * from "./api/diagnosis.ts";
export type * from "./api/graph.ts";
export type * from "./api/groups.ts";
export type * from "./api/report.ts";
