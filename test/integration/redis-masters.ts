import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "../../examples/cluster/free-port.js";
import { within } from "../contract/deadline.js";
import { connectedClient, RedisServer, type TestClient } from "./redis-server.js";

/** One that is gone for so long counts as failed; a master without a replica is restarted sooner or later than that. */
const nodeTimeoutMs = 2_000;
const slotCount = 16_384;
const masterCount = 3;

/** How {@link RedisMasters} are started. */
export interface RedisMastersOptions {
  /** Whether each has a replica, which takes its place when it is gone. */
  readonly haveReplicas?: boolean;
  readonly password?: string;
}

/** A Redis Cluster of three masters, whose slots the tests move, and whose replicas they let take over. */
export class RedisMasters {
  /** The masters of the start, and after them the replica of each, where they have some. */
  readonly servers: readonly RedisServer[];
  readonly #admins: readonly TestClient[];

  private constructor(servers: readonly RedisServer[], admins: readonly TestClient[]) {
    this.servers = servers;
    this.#admins = admins;
  }

  /** Starts one, and resolves when all of its nodes agree that it is whole. */
  static async start({
    haveReplicas = false,
    password = "",
  }: RedisMastersOptions = {}): Promise<RedisMasters> {
    const count = haveReplicas ? 2 * masterCount : masterCount;
    const busPorts = await Promise.all(Array.from({ length: count }, freePort));
    const servers = await Promise.all(busPorts.map((busPort) => startNode(busPort, password)));
    const admins = await Promise.all(servers.map(({ url }) => connectedClient(url)));
    const [first, ...others] = admins as [TestClient, ...TestClient[]];
    for (const [at, admin] of admins.entries()) {
      await admin.sendCommand(["CLUSTER", "SET-CONFIG-EPOCH", `${at + 1}`]);
      if (at >= masterCount) continue;
      const range = [at, at + 1].map((end) => Math.floor((slotCount * end) / masterCount));
      await admin.sendCommand(["CLUSTER", "ADDSLOTSRANGE", `${range[0]}`, `${(range[1] ?? 0) - 1}`]);
    }
    for (const at of others.keys()) {
      const [port, busPort] = [servers[at + 1]?.port, busPorts[at + 1]];
      await first.sendCommand(["CLUSTER", "MEET", "127.0.0.1", `${port}`, `${busPort}`]);
    }
    const masters = new RedisMasters(servers, admins);
    await masters.isWhole();
    for (const [at, replica] of admins.slice(masterCount).entries()) {
      await replica.sendCommand(["CLUSTER", "REPLICATE", await idOf(admins[at] as TestClient)]);
    }
    if (haveReplicas) await masters.isReplicated();
    return masters;
  }

  get urls(): readonly string[] {
    return this.servers.map(({ url }) => url);
  }

  /** Runs a command on each node. */
  async onEach(command: readonly string[]): Promise<unknown[]> {
    return await Promise.all(this.#admins.map((admin) => admin.sendCommand([...command])));
  }

  /** The slot of a key or a channel. */
  async slotOf(name: string): Promise<number> {
    return Number(await this.#admins[0]?.sendCommand(["CLUSTER", "KEYSLOT", name]));
  }

  /** Moves a slot with its keys to the next master, as `redis-cli --cluster reshard` does; while no replica has taken over. */
  async moveSlot(slot: number): Promise<void> {
    await this.#epochsAreKnown();
    const from = await this.#ownerOf(slot);
    const to = (from + 1) % masterCount;
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
    for (const admin of [target, source, ...this.#admins.slice(0, masterCount)]) {
      await admin.sendCommand(["CLUSTER", "SETSLOT", `${slot}`, "NODE", `${targetId}`]);
    }
  }

  /** Lets the other one of a pair be the master, as before work on its machine. Resolves when it is. */
  async failOver(pair: number): Promise<void> {
    await this.isReplicated();
    const [, replica] = await this.#rolesOf(pair);
    await this.#adminOf(replica).sendCommand(["CLUSTER", "FAILOVER"]);
    await this.#hasTakenOver(replica);
  }

  /** Kills the master of a pair. Resolves when the other has taken over, with how to start the killed one again, as a replica. */
  async killMaster(pair: number, meanwhile: () => Promise<void>): Promise<() => Promise<void>> {
    await this.isReplicated();
    const [master, replica] = await this.#rolesOf(pair);
    await this.servers[master]?.kill();
    await meanwhile();
    await this.#hasTakenOver(replica);
    return async () => {
      await this.servers[master]?.start();
      await this.isWhole();
      await this.isReplicated();
    };
  }

  /** Resolves when all nodes agree that every slot has a master. */
  async isWhole(): Promise<void> {
    await eventually("the cluster to be whole", async () => {
      const states = await this.onEach(["CLUSTER", "INFO"]).catch(() => []);
      const isWell = (state: unknown): boolean =>
        `${state}`.includes("cluster_state:ok") && `${state}`.includes(`known_nodes:${this.servers.length}`);
      return states.length > 0 && states.every(isWell);
    });
  }

  /** Resolves when each replica has all that its master has. */
  async isReplicated(): Promise<void> {
    await eventually("the replicas to have everything", async () => {
      const all = await Promise.all(Array.from({ length: masterCount }, (_, pair) => this.#rolesOf(pair)));
      const offsets = all.map(async ([master, replica]) => {
        const [own, its] = await Promise.all(
          [master, replica].map((at) => this.#adminOf(at).info("replication")),
        );
        return (
          own?.includes("role:master") === true &&
          its?.includes("master_link_status:up") === true &&
          offsetOf(own, "master_repl_offset") === offsetOf(its, "slave_repl_offset")
        );
      });
      return (await Promise.all(offsets)).every((isSame) => isSame);
    });
  }

  /** Ends all. */
  async close(): Promise<void> {
    for (const admin of this.#admins) admin.destroy();
    await Promise.all(this.servers.map((server) => server.close()));
  }

  #adminOf(at: number): TestClient {
    const admin = this.#admins[at];
    if (admin === undefined) throw new Error(`there is no node ${at}`);
    return admin;
  }

  /** Which of a pair is the master, and which the replica. */
  async #rolesOf(pair: number): Promise<readonly [master: number, replica: number]> {
    const other = pair + masterCount;
    const [role] = (await this.#adminOf(other).sendCommand(["ROLE"])) as [string];
    return role === "master" ? [other, pair] : [pair, other];
  }

  async #hasTakenOver(replica: number): Promise<void> {
    await eventually("the replica to take over", async () => {
      const [role] = (await this.#adminOf(replica).sendCommand(["ROLE"])) as [string];
      const state = await this.#adminOf(replica).sendCommand(["CLUSTER", "INFO"]);
      return role === "master" && `${state}`.includes("cluster_state:ok");
    });
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

async function eventually(what: string, holds: () => Promise<boolean>): Promise<void> {
  const poll = async (): Promise<void> => {
    while (!(await holds())) await pause(50);
  };
  await within(what, poll());
}

function offsetOf(information: string, name: string): string | undefined {
  return new RegExp(`^${name}:(\\d+)`, "m").exec(information)?.[1];
}

async function idOf(admin: TestClient): Promise<string> {
  return String(await admin.sendCommand(["CLUSTER", "MYID"]));
}

async function startNode(busPort: number, password: string): Promise<RedisServer> {
  const place = ["--cluster-enabled", "yes", "--cluster-port", `${busPort}`];
  const more = [...place, "--cluster-node-timeout", `${nodeTimeoutMs}`];
  return await RedisServer.start({ password, more });
}
