export { applyChange, type ChangeContext } from "./apply-change.js";
export { applyOccurrenceChange, removeOccurrence } from "./apply-occurrence-change.js";
export { type ReadBodyPreferences, readBodyPreferences } from "./body-preferences.js";
export { type ChangedFlags, type ParsedEmailFlags, parseEmailFlags, renderFlags } from "./email/flags.js";
export { parseItem } from "./parse-item.js";
export { renderItem } from "./render-item.js";
export type { RenderView } from "./render-view.js";
export type { InvalidItem, ParseContext, ParsedItem } from "./result.js";
