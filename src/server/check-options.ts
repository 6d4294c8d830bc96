import { DirectPushError } from "../errors.js";
import type { DirectPushOptions } from "../options.js";

/** What the integrator's parts must be able to do. */
const abilities = {
  mailbox: ["folders", "changes", "itemsDated", "itemVersion", "item", "create", "update", "delete", "move"],
  source: ["marker", "watch"],
  submission: ["submit"],
  state: ["read", "write", "delete"],
  relay: ["publish", "subscribe", "claim", "claimed", "onOvertaken", "lease", "release", "onGone", "onLink"],
  clock: ["now", "monotonicNow", "setTimer", "clearTimer"],
} as const;

/** Checks that the integrator's parts and hooks are there and can do what they must. */
export function assertParts(options: DirectPushOptions): void {
  const given: Partial<DirectPushOptions> = options;
  assertPart("mailbox", "a Mailbox", given.mailbox);
  assertPart("source", "a MailboxChangeSource", given.source);
  if (given.submission !== undefined) {
    assertPart("submission", "a MailSubmission", given.submission);
    const composer: unknown = given.submission.composer;
    check(isObject(composer), "submission.composer", "a MailComposer", composer);
  }
  if (given.state !== undefined) assertPart("state", "a StateStore", given.state);
  if (given.relay !== undefined) assertPart("relay", "a Relay", given.relay);
  if (given.clock !== undefined) assertPart("clock", "a Clock", given.clock);
  check(typeof given.authenticate === "function", "authenticate", "a function", given.authenticate);
  for (const name of ["authorizeDevice", "versions", "network", "emptySyncResponse"] as const) {
    const hook = given[name];
    check(hook === undefined || typeof hook === "function", name, "a function", hook);
  }
  const proxies: unknown = given.trustedProxies;
  check(proxies === undefined || Array.isArray(proxies), "trustedProxies", "an array", proxies);
  for (const name of ["heartbeat", "policy", "limits"] as const) {
    const group = given[name];
    check(group === undefined || isObject(group), name, "an object", group);
  }
}

function assertPart(name: keyof typeof abilities, wanted: string, part: unknown): void {
  check(isObject(part), name, wanted, part);
  for (const ability of abilities[name]) {
    const method: unknown = Reflect.get(part, ability);
    check(typeof method === "function", `${name}.${ability}`, "a function", method);
  }
}

/** A whole number within bounds. */
export function wholeNumber(name: string, value: number, least: number, most: number): void {
  const fits = Number.isInteger(value) && value >= least && value <= most;
  check(fits, name, `a whole number from ${least} to ${most}`, value);
}

/** What a number is when it is left out, and its bounds. */
export type Bounds = readonly [fallback: number, least: number, most: number];

/** The numbers of such a table. */
export type Numbers<Table> = { -readonly [Name in keyof Table]: number };

/** The numbers of a group, checked, with what was left out. */
export function wholeNumbers<Table extends Record<string, Bounds>>(
  prefix: string,
  given: Readonly<{ [Name in keyof Table]?: number | undefined }> | undefined,
  table: Table,
): Numbers<Table> {
  const resolved: Partial<Numbers<Table>> = {};
  for (const name in table) {
    const [fallback, least, most] = table[name] as Bounds;
    const wished = given?.[name];
    const value = wished === undefined ? fallback : wished;
    wholeNumber(`${prefix}${name}`, value, least, most);
    resolved[name] = value;
  }
  return resolved as Numbers<Table>;
}

/** True or false, and nothing that only counts as such. */
export function boolean(name: string, value: unknown): void {
  check(typeof value === "boolean", name, "true or false", value);
}

/** @throws DirectPushError `ERR_OPTION_INVALID` unless it holds, naming the option, what it must be and what it is. */
export function check(holds: boolean, name: string, wanted: string, value: unknown): asserts holds {
  if (holds) return;
  const got = typeof value === "number" ? value : isObject(value) ? "an object" : JSON.stringify(value);
  throw new DirectPushError("ERR_OPTION_INVALID", `${name} must be ${wanted}, got ${got}`);
}

/** Anything that can have properties, but no function. */
export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
