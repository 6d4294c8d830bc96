import type { SimulatedServer } from "../carrier.js";
import type { SimulatedPhone } from "../phone.js";
import type { HeldRequest } from "../phone-world.js";
import type { Servers } from "../servers.js";
import { must } from "../violation.js";
import { ChangeTelling } from "./change-telling.js";
import { type NodeSite, ServerNode } from "./server-node.js";
import { goneAfterMs, longestDelayMs } from "./shared-engine.js";

/** What a process needs at most, once it is reached again, to find what it missed. */
const recoveryMs = 8_000;

/** How long a process is cut off at most when that begins in the middle of a call. */
const cutMeanwhileMs = 20_000;

/** Where nobody is: every process is dead. */
const nowhere: SimulatedServer = {
  serve: (_request, _respond, broken) => {
    broken?.();
    return () => {};
  },
  close: async () => {},
  held: () => [],
};

/** What is told of several processes. */
export interface NodesObserver {
  /** Something that was sent may be worked in and not noted. */
  doubtful(): void;
  /** All that was known of phones is lost. */
  forgotten(): void;
}

/** Several processes that are one server: phones go from one to another, and what they share may be cut off, stand still and be emptied. */
export class ServerNodes implements Servers {
  readonly isGone = false;
  readonly #site: NodeSite;
  readonly #observer: NodesObserver;
  readonly #nodes: readonly ServerNode[];
  readonly #telling: ChangeTelling;
  #epoch = 0;

  constructor(count: number, site: Omit<NodeSite, "number">, observer: NodesObserver) {
    this.#site = { ...site, number: () => this.#epoch };
    this.#observer = observer;
    this.#nodes = Array.from({ length: count }, () => {
      return new ServerNode(
        this.#site,
        (node) => this.#died(node),
        (node) => this.#cut(node, cutMeanwhileMs),
      );
    });
    this.#telling = new ChangeTelling(this.#site, this.#nodes);
  }

  get server(): SimulatedServer {
    const open = this.#nodes.filter(({ isOpen, alive }) => isOpen && alive);
    return this.#site.random.pick(open)?.server ?? nowhere;
  }

  get alive(): boolean {
    return this.#nodes.every(({ alive }) => alive);
  }

  get isStalled(): boolean {
    return this.#site.engine.stalled !== undefined;
  }

  get emptied(): number {
    return this.#site.engine.emptied;
  }

  dieAfter(calls: number): void {
    this.#any().dieAfter(calls);
  }

  die(): void {
    this.#site.engine.goOn();
    for (const node of this.#nodes) node.die();
  }

  startAgain(): void {
    for (const node of this.#nodes) if (!node.alive) node.startAgain();
  }

  async end(isGraceful: boolean, passTime: () => Promise<void>): Promise<void> {
    const node = this.#any();
    if (isGraceful) {
      let isClosed = false;
      void node.close().then(() => {
        isClosed = true;
      });
      await passTime();
      // It may die in the middle, and then never says that it has closed.
      while (!isClosed && node.alive) await this.#site.clock.advance(500);
    }
    node.die();
  }

  /** The mailbox failed in a call: who watches it for all may have to try again. */
  mailboxFailed(): void {
    if (!this.#site.isPublished) this.#troubleAll(recoveryMs);
  }

  isTrusted({ server, sentAtMs }: HeldRequest, atMs: number): boolean {
    const node = this.#nodes.find((one) => one.server === server);
    if (node === undefined || this.isStalled || node.isTroubled(atMs)) return false;
    return this.#telling.isComplete(sentAtMs);
  }

  mayTellLate(user: string, folder: string, atMs: number): boolean {
    return atMs - this.#telling.changedAtMs(user, folder) <= longestDelayMs + 200;
  }

  checkHolds(phones: readonly SimulatedPhone[]): void {
    const now = this.#site.clock.monotonicNow();
    if (this.isStalled) return;
    const calm = this.#nodes.filter((node) => node.alive && !node.isTroubled(now));
    const held = calm.flatMap(({ server }) => server.held());
    for (const { deviceId } of phones) {
      for (const command of ["Ping", "Sync"]) {
        const holds = held.filter((one) => one.deviceId === deviceId && one.command === command);
        must(holds.length <= 1, () => `${deviceId}: ${holds.length} processes hold a ${command}`);
      }
    }
  }

  troubles(): ReturnType<Servers["troubles"]> {
    const { random, engine, emptyings } = this.#site;
    const seconds = (most: number): number => random.between(1, most * 1_000);
    return [
      [10, () => this.#cutFor(this.#any(), seconds(60))],
      [8, () => this.#any().link.cutAfter(random.between(0, 12))],
      [10, () => this.#deafenFor(this.#any(), seconds(15))],
      [5, () => this.#stallFor(seconds(20))],
      [5, () => this.#interrupt()],
      [emptyings, () => this.#empty(engine)],
    ];
  }

  #any(): ServerNode {
    const node = this.#site.random.pick(this.#nodes);
    if (node === undefined) throw new Error("there are no processes");
    return node;
  }

  #cutFor(node: ServerNode, durationMs: number): void {
    if (!node.alive || node.link.isCut) return;
    node.link.cut();
    this.#cut(node, durationMs);
  }

  /** A process is cut off; what it was about to tell the others is not told. */
  #cut(node: ServerNode, durationMs: number): void {
    this.#site.counts.cuts++;
    this.#unsettled();
    this.#telling.cutOff(node);
    node.isOff = true;
    if (!this.#site.isPublished) this.#troubleAll(goneAfterMs + recoveryMs);
    this.#healAfter(node, durationMs);
  }

  #deafenFor(node: ServerNode, durationMs: number): void {
    if (!node.alive) return;
    this.#site.counts.deafenings++;
    node.link.isDeaf = true;
    node.isOff = true;
    if (!this.#site.isPublished) this.#troubleAll(durationMs + recoveryMs);
    this.#healAfter(node, durationMs);
  }

  #healAfter(node: ServerNode, durationMs: number): void {
    const { link } = node;
    this.#site.clock.setTimer(() => this.#heal(node, link), durationMs);
  }

  #heal(node: ServerNode, link: ServerNode["link"]): void {
    // Another process may have taken its place.
    if (node.link !== link || !node.alive) return;
    link.heal();
    node.isOff = false;
    node.troubleUntil(this.#site.clock.monotonicNow() + recoveryMs);
    if (this.#telling.isBack(node) || !this.#site.isPublished) this.#troubleAll(recoveryMs);
  }

  #stallFor(durationMs: number): void {
    this.#site.counts.stalls++;
    this.#unsettled();
    this.#site.engine.stall(durationMs);
    this.#troubleAll(durationMs + recoveryMs);
  }

  /** All connections are cut, and there again at once. */
  #interrupt(): void {
    this.#site.counts.interruptions++;
    for (const node of this.#nodes) {
      if (!node.alive || node.link.isCut) continue;
      node.link.cut();
      node.link.heal();
    }
    this.#unsettled();
    this.#troubleAll(recoveryMs);
  }

  async #empty(engine: NodeSite["engine"]): Promise<void> {
    if (this.isStalled) return;
    this.#site.counts.emptyings++;
    await this.#site.clock.settle();
    await engine.empty();
    this.#unsettled();
    this.#observer.forgotten();
    this.#troubleAll(recoveryMs);
  }

  #died(node: ServerNode): void {
    this.#unsettled();
    const isTroubled = this.isStalled || node.isTroubled(this.#site.clock.monotonicNow());
    this.#telling.died(node, isTroubled);
    if (!this.#site.isPublished) this.#troubleAll(goneAfterMs + recoveryMs);
  }

  /** What was under way may have taken effect and not be noted. */
  #unsettled(): void {
    this.#epoch += 1;
    this.#observer.doubtful();
  }

  #troubleAll(durationMs: number): void {
    const untilMs = this.#site.clock.monotonicNow() + durationMs;
    for (const node of this.#nodes) node.troubleUntil(untilMs);
  }
}
