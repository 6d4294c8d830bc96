import { describe, expect, it } from "vitest";
import { Simulation } from "./simulation.js";

describe("simulated phones that go from one process to another", () => {
  it.each([5, 8])("have in the end what the mailbox has: seed %i", async (seed) => {
    const simulation = new Simulation(seed, { nodes: 3 });
    await simulation.run(1_000);
    simulation.close();
    const { quietChecks, cuts, deafenings, stalls, crashes } = simulation.counts;
    expect(quietChecks).toBe(3);
    expect(Math.min(cuts, deafenings, stalls, crashes)).toBeGreaterThan(0);
  });
});
