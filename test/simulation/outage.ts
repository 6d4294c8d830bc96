import type { Heard } from "./carrier.js";
import type { PhoneWorld } from "./phone-world.js";
import { must } from "./violation.js";

/** Whether the server said that its mailbox is down, as it may during an outage alone. */
export function isDown(
  heard: Extract<Heard, { kind: "answered" }>,
  topStatus: string | undefined,
  world: PhoneWorld,
): boolean {
  if (heard.status === 200 && topStatus !== "16") return false;
  const what = heard.status === 200 ? "Status 16" : `HTTP ${heard.status}`;
  must(heard.status === 200 || heard.status === 503, () => `got ${what}`);
  must(world.isOutage(), () => `got ${what} without a reason`);
  return true;
}
