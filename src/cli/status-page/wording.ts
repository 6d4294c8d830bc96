import { formatDuration } from "../duration.js";
import type { EndKind } from "../observed/command-counts.js";
import { type Html, html } from "./html.js";

/** Names from the network are shown up to so many characters. */
const NAME_LENGTH = 120;

const endings: Readonly<Record<EndKind, string>> = {
  changed: "changed",
  expired: "expired",
  superseded: "superseded",
  disconnected: "disconnected",
  closing: "closing",
  failed: "failed",
  recalled: "recalled",
};

/** How a held request ended, in a word; for one that a newer version told of, its own. */
export function wordOf(kind: EndKind): string {
  return endings[kind] ?? String(kind).slice(0, NAME_LENGTH);
}

/** A name that comes from the network: isolated, so that its direction of writing does not turn the page around, and not too long. */
export function nameFromNetwork(name: string): Html {
  const characters = Array.from(name.slice(0, NAME_LENGTH * 2));
  const isLong = characters.length > NAME_LENGTH || name.length > NAME_LENGTH * 2;
  return html`<bdi>${characters.slice(0, NAME_LENGTH).join("")}${isLong && "…"}</bdi>`;
}

/** Seconds as people write them, with fractions below ten. */
export function seconds(value: number): string {
  if (value === 0 || value >= 10) return formatDuration(value);
  return value < 1 ? `${Math.round(value * 1_000)} ms` : `${value.toFixed(1)}s`;
}

/** A moment, in milliseconds since the Unix epoch. What runs in the page turns it into how long ago it was. */
export function moment(atMs: number): Html {
  const iso = new Date(atMs).toISOString();
  return html`<time datetime="${iso}" data-since="${Math.round(atMs)}">${iso.slice(11, 19)} UTC</time>`;
}

const inThousands = new Intl.NumberFormat("en-GB");

/** A count, with its thousands apart. */
export function count(value: number): string {
  return inThousands.format(value);
}

/** A rate in events a second. */
export function perSecond(value: number): string {
  if (value === 0) return "0";
  return value < 10 ? value.toFixed(2) : count(Math.round(value));
}

/** Bytes in MB. */
export function megabytes(bytes: number): string {
  return `${count(Math.round(bytes / 1_000_000))} MB`;
}
