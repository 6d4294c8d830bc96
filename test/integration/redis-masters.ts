import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "../../examples/cluster/free-port.js";
import { connectedClient, RedisServer, type TestClient } from "./redis-server.js";

/** One that is gone for so long counts as failed; what is restarted in this file comes back sooner or later than that. */
const nodeTimeoutMs = 2_000;
const slotCount = 16_384;

/** A Redis Cluster of masters without replicas, whose slots the tests move. */
export class RedisMasters {
  readonly servers: readonly RedisServer[];
  readonly #admins: readonly TestClient[];

  private constructor(servers: readonly RedisServer[], admins: readonly TestClient[]) {
    this.servers = servers;
    this.#admins = admins;
  }

  /** Starts one, and resolves when all of its masters agree that it is whole. */
  static async start(count = 3): Promise<RedisMasters> {
    const busPorts = await Promise.all(Array.from({ length: count }, freePort));
    const servers = await Promise.all(busPorts.map(startMaster));
    const admins = await Promise.all(servers.map(({ url }) => connectedClient(url)));
    const [first, ...others] = admins as [TestClient, ...TestClient[]];
    for (const [at, admin] of admins.entries()) {
      const range = [at, at + 1].map((end) => Math.floor((slotCount * end) / count));
      await admin.sendCommand(["CLUSTER", "ADDSLOTSRANGE", `${range[0]}`, `${(range[1] ?? 0) - 1}`]);
      await admin.sendCommand(["CLUSTER", "SET-CONFIG-EPOCH", `${at + 1}`]);
    }
    for (const at of others.keys()) {
      const [port, busPort] = [servers[at + 1]?.port, busPorts[at + 1]];
      await first.sendCommand(["CLUSTER", "MEET", "127.0.0.1", `${port}`, `${busPort}`]);
    }
    const masters = new RedisMasters(servers, admins);
    await masters.isWhole();
    return masters;
  }

  get urls(): readonly string[] {
    return this.servers.map(({ url }) => url);
  }

  /** Runs a command on each master. */
  async onEach(command: readonly string[]): Promise<unknown[]> {
    return await Promise.all(this.#admins.map((admin) => admin.sendCommand([...command])));
  }

  /** The slot of a key or a channel. */
  async slotOf(name: string): Promise<number> {
    return Number(await this.#admins[0]?.sendCommand(["CLUSTER", "KEYSLOT", name]));
  }

  /** Moves a slot with its keys to the next master, as `redis-cli --cluster reshard` does. */
  async moveSlot(slot: number): Promise<void> {
    await this.#epochsAreKnown();
    const from = await this.#ownerOf(slot);
    const to = (from + 1) % this.#admins.length;
    const [source, target] = [this.#admins[from], this.#admins[to]] as [TestClient, TestClient];
    const [sourceId, targetId] = await Promise.all([source, target].map(idOf));
    await target.sendCommand(["CLUSTER", "SETSLOT", `${slot}`, "IMPORTING", `${sourceId}`]);
    await source.sendCommand(["CLUSTER", "SETSLOT", `${slot}`, "MIGRATING", `${targetId}`]);
    for (;;) {
      const keys = (await source.sendCommand(["CLUSTER", "GETKEYSINSLOT", `${slot}`, "100"])) as string[];
      if (keys.length === 0) break;
      const place = ["127.0.0.1", `${this.servers[to]?.port}`, "", "0", "5000"];
      await source.sendCommand(["MIGRATE", ...place, "KEYS", ...keys]);
    }
    for (const admin of [target, source, ...this.#admins]) {
      await admin.sendCommand(["CLUSTER", "SETSLOT", `${slot}`, "NODE", `${targetId}`]);
    }
  }

  /** Resolves when all masters agree that every slot has one. */
  async isWhole(): Promise<void> {
    for (;;) {
      const states = await this.onEach(["CLUSTER", "INFO"]).catch(() => []);
      const isWell = (state: unknown): boolean =>
        `${state}`.includes("cluster_state:ok") && `${state}`.includes(`known_nodes:${this.servers.length}`);
      if (states.length > 0 && states.every(isWell)) return;
      await pause(50);
    }
  }

  /** Ends all. */
  async close(): Promise<void> {
    for (const admin of this.#admins) admin.destroy();
    await Promise.all(this.servers.map((server) => server.close()));
  }

  /** A master that has not heard yet of the last move's epoch could not outbid its new owner. */
  async #epochsAreKnown(): Promise<void> {
    for (;;) {
      const views = await this.onEach(["CLUSTER", "NODES"]);
      const epochs = views.map((view) =>
        `${view}`
          .trim()
          .split("\n")
          .map((node) => node.split(" "))
          .map(([id, , , , , , epoch]) => `${id} ${epoch}`)
          .sort()
          .join(),
      );
      if (new Set(epochs).size === 1) return;
      await pause(5);
    }
  }

  async #ownerOf(slot: number): Promise<number> {
    const ids = await Promise.all(this.#admins.map(idOf));
    const ranges = (await this.#admins[0]?.sendCommand(["CLUSTER", "SLOTS"])) as [
      number,
      number,
      [string, number, string],
    ][];
    const range = ranges.find(([first, last]) => first <= slot && slot <= last);
    return ids.indexOf(range?.[2][2] ?? "");
  }
}

async function idOf(admin: TestClient): Promise<string> {
  return String(await admin.sendCommand(["CLUSTER", "MYID"]));
}

async function startMaster(busPort: number): Promise<RedisServer> {
  const place = ["--cluster-enabled", "yes", "--cluster-port", `${busPort}`];
  return await RedisServer.start({ more: [...place, "--cluster-node-timeout", `${nodeTimeoutMs}`] });
}
