import { DirectPushError } from "../errors.js";

/** The beginning of every key and channel, checked. */
export function checkedPrefix(prefix: string): string {
  // A brace would decide the hash slot of every key.
  if (typeof prefix === "string" && /^[^{}]{0,100}$/.test(prefix)) return prefix;
  throw new DirectPushError(
    "ERR_OPTION_INVALID",
    `prefix must be at most 100 characters without braces, got ${JSON.stringify(prefix)}`,
  );
}

/** A whole number within bounds. */
export function checkedNumber(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new DirectPushError(
    "ERR_OPTION_INVALID",
    `${name} must be a whole number from ${least} to ${most}, got ${String(value)}`,
  );
}

/** Which of the 64 parts of the key space a name belongs to: names of one part may be used in one step, on Redis Cluster as well. */
export function partOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at += 1) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return (hash ^ (hash >>> 15)) & (partCount - 1);
}

/** See {@link partOf}. */
export const partCount = 64;
