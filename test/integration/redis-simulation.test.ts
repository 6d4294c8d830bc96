import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FakeClock } from "../../src/testing/index.js";
import { Simulation } from "../simulation/simulation.js";
import { RedisEngine } from "./redis-engine.js";
import { RedisServer, redisIsThere } from "./redis-server.js";

/** A clock that stands still while Redis is at work. */
class PatientClock extends FakeClock {
  readonly #engine: RedisEngine;

  constructor(engine: RedisEngine) {
    super();
    this.#engine = engine;
  }

  override async settle(): Promise<void> {
    do await super.settle();
    while (await this.#engine.quieten());
  }
}

describe.skipIf(!redisIsThere())("simulated phones over Redis", () => {
  let redis: RedisServer;
  let engine: RedisEngine;

  beforeAll(async () => {
    redis = await RedisServer.start({ isDurable: false });
    engine = await RedisEngine.open(redis.url);
  });

  afterAll(async () => {
    engine?.close();
    await redis?.close();
  });

  test("have in the end what the mailbox has, whatever is cut and lost", async () => {
    const clock = new PatientClock(engine);
    const simulation = new Simulation(5, {
      nodes: 3,
      engine,
      clock,
      turn: () => clock.settle(),
      isPublished: true,
      emptyings: 10,
    });
    await simulation.run(1_000);
    simulation.close();
    const { quietChecks, cuts, emptyings, crashes } = simulation.counts;
    expect(quietChecks).toBe(3);
    expect(Math.min(cuts, emptyings, crashes)).toBeGreaterThan(0);
    expect(engine.killed).toBeGreaterThan(cuts);
    expect(engine.traffic.calls).toBeGreaterThan(5_000);
  });
});
