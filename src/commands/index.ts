import type { Command } from "./command.js";
import { folderSync } from "./folder-sync.js";
import { ping } from "./ping.js";
import { provision } from "./provision.js";
import { settings } from "./settings.js";

/** Every command that this library has, in the order in which it is advertised. */
export const commands: readonly Command[] = [folderSync, settings, ping, provision];
