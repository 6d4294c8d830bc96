import type { Command } from "./command.js";
import { folderSync } from "./folder-sync.js";
import { getItemEstimate } from "./get-item-estimate.js";
import { ping } from "./ping.js";
import { provision } from "./provision.js";
import { settings } from "./settings.js";
import { sync } from "./sync/index.js";

/** Every command that this library has, in the order in which it is advertised. */
export const commands: readonly Command[] = [sync, folderSync, getItemEstimate, settings, ping, provision];
