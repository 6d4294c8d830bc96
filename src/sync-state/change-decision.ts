import type { ItemChange, ItemVersion } from "../mailbox/mailbox.js";
import type { KnownItem } from "../state/known-items.js";
import { type FilterWindow, isInWindow } from "./filter-window.js";
import { differingFlags, isOnDevice, isPerhapsOnDevice } from "./known-version.js";

/** Which of a mail's flags a device is told of. */
export interface ToldFlags {
  readonly read: boolean;
  readonly followUp: boolean;
  readonly categories: boolean;
}

/** What a device has to be told about an item. */
export type ChangeDecision =
  | { readonly kind: "add"; readonly id: string; readonly version: ItemVersion }
  | { readonly kind: "change"; readonly id: string; readonly version: ItemVersion }
  | {
      readonly kind: "change-flags";
      readonly id: string;
      readonly version: ItemVersion;
      readonly flags: ToldFlags;
    }
  | { readonly kind: "delete"; readonly id: string }
  | { readonly kind: "soft-delete"; readonly id: string };

/** What decides, beside the item, whether a device is told of it. */
export interface DeviceView {
  readonly window: FilterWindow;
  /** Whether the device's protocol version shows a mail's categories: from 14.0 on. */
  readonly categories: boolean;
}

/**
 * Compares an item with what the device has. Undefined: nothing has to be sent, because the device has it so, has not had it, does not want it,
 * or because this version could not be rendered before.
 */
export function decideChange(
  change: ItemChange,
  known: KnownItem | undefined,
  view: DeviceView,
): ChangeDecision | undefined {
  const { id } = change;
  if (change.kind === "gone") return isPerhapsOnDevice(known) ? { kind: "delete", id } : undefined;
  if (!isInWindow(change, view.window)) {
    return isPerhapsOnDevice(known) ? { kind: "soft-delete", id } : undefined;
  }
  if (known?.[2] === change.version) return undefined;
  const version: ItemVersion =
    change.flags === undefined
      ? { version: change.version }
      : { version: change.version, flags: change.flags };
  if (!isOnDevice(known)) return { kind: "add", id, version };
  if (known[0] !== change.version) return { kind: "change", id, version };
  if (change.flags === undefined) return undefined;
  const differing = differingFlags(known, change.flags);
  const flags = { ...differing, categories: differing.categories && view.categories };
  if (!flags.read && !flags.followUp && !flags.categories) return undefined;
  return { kind: "change-flags", id, version, flags };
}
