import type { MailboxFolder } from "../../src/index.js";
import { type Content, contentTitled } from "./form.js";
import type { TrueItem } from "./mail-side.js";
import type { SimulatedPhone } from "./phone.js";
import type { PhoneFolder } from "./phone-folder.js";
import { must } from "./violation.js";
import { cutoffMs } from "./window.js";

/** Once all is quiet, the phone has exactly what the mailbox has in the folder's window. */
export function checkQuiet(
  { deviceId, version }: SimulatedPhone,
  folder: PhoneFolder,
  truth: readonly TrueItem[],
  nowMs: number,
): void {
  const cutoff = cutoffMs(folder.filter, nowMs);
  const wanted = truth.filter((item) => (item.dateMs ?? Number.POSITIVE_INFINITY) >= cutoff);
  const place = `${deviceId}, ${folder.id} (filter ${folder.filter})`;
  for (const { id, content } of wanted) {
    const has = folder.items.get(id);
    must(has !== undefined, () => `${place}: ${id} "${content.title}" is missing`);
    must(
      isSame(has, content, version),
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
  version: string,
  window: { readonly filter: string; readonly timesMs: readonly number[] },
  /** Items whose removal need not be told. */
  movedAway: ReadonlySet<string>,
): string | undefined {
  // The server may have looked at any of these times, and the clock jumps.
  const cutoff = Math.max(...window.timesMs.map((timeMs) => cutoffMs(window.filter, timeMs)));
  const byId = new Map(truth.map((item) => [item.id, item]));
  for (const { id, content, dateMs } of truth) {
    if ((dateMs ?? Number.POSITIVE_INFINITY) < cutoff) continue;
    const has = folder.items.get(id);
    if (has === undefined) return `${folder.id}: "${content.title}" was added`;
    if (!isSame(has, content, version)) return `${folder.id}: ${id} was changed`;
  }
  for (const id of folder.items.keys())
    if (!byId.has(id) && !movedAway.has(id)) return `${folder.id}: ${id} was deleted`;
  return undefined;
}

/** Whether a Sync of the folder would bring anything, with a window that ends there. */
export function hasNews(
  folder: PhoneFolder,
  truth: readonly TrueItem[],
  version: string,
  cutoff: number,
): boolean {
  const wanted = truth.filter(({ dateMs }) => (dateMs ?? Number.POSITIVE_INFINITY) >= cutoff);
  const ids = new Set(wanted.map(({ id }) => id));
  if ([...folder.items.keys()].some((id) => !ids.has(id))) return true;
  return wanted.some(({ id, content }) => {
    const has = folder.items.get(id);
    return has === undefined || !isSame(has, content, version);
  });
}

/** The phone has the folders that the mailbox has, under their names. */
export function checkTree(phone: SimulatedPhone, folders: readonly MailboxFolder[], state: string): void {
  const has = [...phone.tree.names].map(([id, name]) => `${id} "${name}"`).sort();
  const truth = folders.map(({ id, name }) => `${id} "${name}"`).sort();
  must(
    has.join() === truth.join(),
    () => `${phone.deviceId} ${state}, but has the folders ${has.join()} and not ${truth.join()}`,
  );
}

/** Whether a phone has all of a content that its version shows. */
function isSame(has: Content, content: Content, version: string): boolean {
  const { title, read, mark } = { ...contentTitled(""), ...content };
  return has.title === title && has.read === read && (version === "12.1" || has.mark === mark);
}
