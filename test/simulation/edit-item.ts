import type { PhoneFolder } from "./phone-folder.js";
import type { Random } from "./random.js";

/** The user changes or removes an item, if there is any. */
export function editItem(
  folder: PhoneFolder,
  random: Random,
  title: () => string,
  dateMs: () => number,
): void {
  const ids = [...folder.items.keys()];
  // Often the same few items, so that several hands are at one of them.
  const serverId = random.chance(0.4) ? ids.sort()[0] : random.pick(ids);
  const content = serverId === undefined ? undefined : folder.items.get(serverId);
  if (serverId === undefined || content === undefined) return;
  const isBroken = random.chance(0.08);
  if (random.chance(0.3)) folder.delete(serverId);
  else if (folder.itemClass === "Email") {
    folder.change(serverId, { ...content, read: !content.read }, 0, isBroken);
  } else folder.change(serverId, { ...content, title: title() }, dateMs(), isBroken);
}
