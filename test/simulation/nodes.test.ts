import { describe, expect, it } from "vitest";
import type { Counts } from "./counts.js";
import { Simulation } from "./simulation.js";

async function countsOf(seed: number, steps: number): Promise<Counts> {
  const simulation = new Simulation(seed, { nodes: 3 });
  try {
    await simulation.run(steps);
  } finally {
    simulation.close();
  }
  return simulation.counts;
}

describe("simulated phones that go from one process to another", () => {
  it.each([5, 8])("have in the end what the mailbox has: seed %i", async (seed) => {
    const { quietChecks, cuts, deafenings, stalls, crashes } = await countsOf(seed, 1_000);
    expect(quietChecks).toBe(3);
    expect(Math.min(cuts, deafenings, stalls, crashes)).toBeGreaterThan(0);
  });

  it("do the same again by the same seed", async () => {
    expect(await countsOf(3, 400)).toEqual(await countsOf(3, 400));
  });
});
