import type { Command } from "./command.js";

/** Every command that this library has, in the order in which it is advertised. */
export const commands: readonly Command[] = [];
