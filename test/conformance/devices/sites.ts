import { afterEach, expect } from "vitest";
import { Site } from "./line.js";

const open: Site[] = [];

/** Starts a server that is closed after the test; by then it must have told of no fault, and nothing may be left of any request. */
export async function site(...options: ConstructorParameters<typeof Site>): Promise<Site> {
  const made = await new Site(...options).start();
  open.push(made);
  return made;
}

afterEach(async () => {
  for (const one of open.splice(0)) {
    await one.close();
    expect(one.faults).toEqual([]);
    expect(one.mailbox.openWatches).toBe(0);
    expect(one.clock.pendingTimers).toBe(0);
  }
});
