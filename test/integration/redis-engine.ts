import { setImmediate as turn } from "node:timers/promises";
import type { Relay, StateStore } from "../../src/index.js";
import { type RedisRelay, redisRelay, redisStateStore } from "../../src/redis/index.js";
import type { Engine, EngineWay } from "../simulation/nodes/shared-engine.js";
import { type RedisConnectionInfo, redisConnections } from "./redis-info.js";
import { connectedClient, type TestClient, testClient } from "./redis-server.js";

/** Processes that are ready to take the place of others. */
const sparesKept = 6;
const prefix = "simulated:";
const barrierTopic = "barrier";
/** How long a barrier is waited for before it is told again: the connection that it went to may have been cut. */
const barrierMs = 50;

/** What is under way between the processes and Redis. */
class Traffic {
  calls = 0;
  underWay = 0;
  /** Something was asked since the processes were last known to have heard everything. */
  isNew = false;

  async count<T>(call: Promise<T>): Promise<T> {
    this.calls += 1;
    this.underWay += 1;
    this.isNew = true;
    try {
      return await call;
    } finally {
      this.underWay -= 1;
    }
  }
}

/** One process's connections. */
class RedisWay implements EngineWay {
  /** What is in the middle of a call when the connections are cut fails by itself. */
  readonly isCut = false;
  readonly relay: Relay;
  readonly state: StateStore;
  readonly #name: string;
  readonly #client: TestClient;
  readonly #redisRelay: RedisRelay;
  readonly #engine: RedisEngine;
  #isLinked = true;
  #barrier = 0;

  private constructor(name: string, client: TestClient, relay: RedisRelay, engine: RedisEngine) {
    this.#name = name;
    this.#client = client;
    this.#redisRelay = relay;
    this.#engine = engine;
    relay.onLink((link) => {
      this.#isLinked = link === "restored";
    });
    this.relay = counted(relay, engine.traffic);
    this.state = counted(redisStateStore(client, { prefix }), engine.traffic);
  }

  static async open(name: string, url: string, engine: RedisEngine): Promise<RedisWay> {
    const client = testClient(url, { name, reconnectMs: 1 });
    await client.connect();
    const relay = await redisRelay(client, { prefix });
    const way = new RedisWay(name, client, relay, engine);
    await relay.subscribe(barrierTopic, (number) => {
      way.#barrier = Number(number);
    });
    return way;
  }

  /** Whether it has heard all that was said before a barrier of that number, and is not cut. */
  async hasPassed(barrier: number): Promise<boolean> {
    if (!this.#isLinked || this.#barrier < barrier) return false;
    try {
      await this.#client.ping();
      return this.#isLinked;
    } catch {
      return false;
    }
  }

  cut(): void {
    void this.#engine.kill(this.#name);
  }

  heal(): void {}

  end(): void {
    this.#engine.ended(this);
    this.#client.destroy();
    void this.#redisRelay.close();
  }
}

/** A Redis that simulated processes share, whose clients are killed and whose data is lost. */
export class RedisEngine implements Engine {
  readonly traffic = new Traffic();
  readonly #url: string;
  readonly #admin: TestClient;
  readonly #ways = new Set<RedisWay>();
  readonly #spares: RedisWay[] = [];
  #opened = 0;
  #barrier = 0;
  /** Connections that were cut, over all. */
  killed = 0;

  private constructor(url: string, admin: TestClient) {
    this.#url = url;
    this.#admin = admin;
  }

  static async open(url: string): Promise<RedisEngine> {
    const engine = new RedisEngine(url, await connectedClient(url));
    await engine.#refill();
    return engine;
  }

  connect(): EngineWay {
    const way = this.#spares.shift();
    if (way === undefined) throw new Error("no connection is ready for another process");
    this.#ways.add(way);
    return way;
  }

  async empty(): Promise<void> {
    await this.traffic.count(this.#admin.flushAll());
    await this.traffic.count(this.#killAll(({ isOwn }) => !isOwn));
  }

  /** Cuts the connections of one process. */
  async kill(name: string): Promise<void> {
    await this.traffic.count(this.#killAll((one) => one.name === name));
  }

  ended(way: RedisWay): void {
    this.#ways.delete(way);
  }

  /** Waits until all that was asked is answered and all that was said is heard; returns whether there was anything. */
  async quieten(): Promise<boolean> {
    if (!this.traffic.isNew && this.traffic.underWay === 0 && this.#spares.length === sparesKept)
      return false;
    while (this.traffic.underWay > 0) await turn();
    this.traffic.isNew = false;
    await this.#refill();
    await this.#allPassed();
    return true;
  }

  close(): void {
    for (const way of [...this.#ways, ...this.#spares]) way.end();
    this.#admin.destroy();
  }

  async #refill(): Promise<void> {
    const missing = Array.from({ length: sparesKept - this.#spares.length }, () => {
      this.#opened += 1;
      return RedisWay.open(`process-${this.#opened}`, this.#url, this);
    });
    this.#spares.push(...(await Promise.all(missing)));
  }

  /** Messages reach each connection in the order in which they were said. */
  async #allPassed(): Promise<void> {
    const behind = new Set([...this.#ways, ...this.#spares]);
    while (behind.size > 0) {
      this.#barrier += 1;
      await this.#admin.sPublish(`${prefix}topic:${barrierTopic}`, `${this.#barrier}`);
      const untilMs = performance.now() + barrierMs;
      while (behind.size > 0 && performance.now() < untilMs) {
        for (const way of behind) if (await way.hasPassed(this.#barrier)) behind.delete(way);
        if (behind.size > 0) await turn();
      }
    }
  }

  async #killAll(isMeant: (one: RedisConnectionInfo) => boolean): Promise<void> {
    const meant = (await redisConnections(this.#admin)).filter(isMeant);
    this.killed += meant.length;
    await Promise.all(meant.map(({ id }) => this.#admin.sendCommand(["CLIENT", "KILL", "ID", id])));
  }
}

/** The same object, with what is under way counted. */
function counted<T extends object>(target: T, traffic: Traffic): T {
  return new Proxy(target, {
    get(object, property) {
      const member: unknown = Reflect.get(object, property, object);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        const value: unknown = Reflect.apply(member, object, args);
        return value instanceof Promise ? traffic.count(value) : value;
      };
    },
  });
}
