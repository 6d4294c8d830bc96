import type { TrueItem } from "./mail-side.js";
import type { PhoneFolder } from "./phone-folder.js";
import { must } from "./violation.js";
import { cutoffMs } from "./window.js";

/** Once all is quiet, the phone has exactly what the mailbox has in the folder's window. */
export function checkQuiet(
  who: string,
  folder: PhoneFolder,
  truth: readonly TrueItem[],
  nowMs: number,
): void {
  const cutoff = cutoffMs(folder.filter, nowMs);
  const wanted = truth.filter((item) => (item.dateMs ?? Number.POSITIVE_INFINITY) >= cutoff);
  const place = `${who}, ${folder.id} (filter ${folder.filter})`;
  for (const { id, content } of wanted) {
    const has = folder.items.get(id);
    must(has !== undefined, () => `${place}: ${id} "${content.title}" is missing`);
    must(
      has.title === content.title && has.read === content.read,
      () => `${place}: ${id} is ${JSON.stringify(has)}, but the mailbox has ${JSON.stringify(content)}`,
    );
  }
  const ids = new Set(wanted.map((item) => item.id));
  for (const [id, content] of folder.items) {
    must(ids.has(id), () => `${place}: ${id} "${content.title}" is on the phone alone`);
  }
}

/**
 * Whether a phone that waits has been left in the dark: something in the window differs from what it has, in a way that wakes
 * (an item that merely leaves the window does not).
 */
export function unheardChange(
  folder: PhoneFolder,
  truth: readonly TrueItem[],
  nowMs: number,
): string | undefined {
  const cutoff = Math.max(
    cutoffMs(folder.syncedFilter, nowMs),
    cutoffMs(folder.syncedFilter, folder.syncedAtMs),
  );
  const byId = new Map(truth.map((item) => [item.id, item]));
  for (const { id, content, dateMs } of truth) {
    if ((dateMs ?? Number.POSITIVE_INFINITY) < cutoff) continue;
    const has = folder.items.get(id);
    if (has === undefined) return `${folder.id}: "${content.title}" was added`;
    if (has.title !== content.title || has.read !== content.read) return `${folder.id}: ${id} was changed`;
  }
  for (const id of folder.items.keys()) if (!byId.has(id)) return `${folder.id}: ${id} was deleted`;
  return undefined;
}
