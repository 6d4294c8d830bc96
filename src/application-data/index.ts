export { applyChange, leavesParts } from "./apply-change.js";
export { applyOccurrenceChange, removeOccurrence } from "./apply-occurrence-change.js";
export { readBodyPreferences } from "./body-preferences.js";
export { parseEmailFlags, renderFlags } from "./email/flags.js";
export { mailboxView } from "./mailbox-view.js";
export { parseItem } from "./parse-item.js";
export { renderItem } from "./render-item.js";
export type { RenderView } from "./render-view.js";
export type { ParseContext, ParsedItem } from "./result.js";
