import { describe, expect, it } from "vitest";
import { Simulation } from "./simulation.js";

describe("simulated phones on a bad line", () => {
  it.each([1, 20261122, 71961550])("have in the end what the mailbox has: seed %i", async (seed) => {
    const simulation = new Simulation(seed);
    await simulation.run(1_000);
    simulation.close();
    expect(simulation.counts.quietChecks).toBe(3);
    expect(simulation.counts.syncs).toBeGreaterThan(100);
  });
});
