import { createHash } from "node:crypto";

/** The value of a counter: large enough to lie on pages of its own now and then, and checked, so that a torn one is found. */
export function counterValue(count: number, writer: string): string {
  const text = JSON.stringify({ count, writer, filling: "x".repeat((count * 977) % 20_000) });
  return `${createHash("sha256").update(text).digest("hex")} ${text}`;
}

/** The count in such a value; throws for one that is torn. */
export function readCounterValue(value: string): number {
  const [digest, text = ""] = [value.slice(0, 64), value.slice(65)];
  if (createHash("sha256").update(text).digest("hex") !== digest)
    throw new Error(`torn: ${value.slice(0, 200)}`);
  return JSON.parse(text).count;
}
