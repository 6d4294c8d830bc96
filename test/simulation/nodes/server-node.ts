import {
  type MailboxChangeSource,
  type PublishedSource,
  publishedSource,
  type RelayedSource,
  relayedSource,
} from "../../../src/index.js";
import type { FakeClock, MemoryMailbox } from "../../../src/testing/index.js";
import type { SimulatedServer } from "../carrier.js";
import type { Counts } from "../counts.js";
import type { Ledger } from "../ledger.js";
import type { Mortality } from "../mortal.js";
import type { Random } from "../random.js";
import { type Disturbance, ServerProcess } from "../server-process.js";
import { NodeLink } from "./node-link.js";
import type { SharedEngine } from "./shared-engine.js";

/** Over what time held requests are compared after an interruption. */
const spreadMs = 500;

/** What all nodes have in common. */
export interface NodeSite {
  readonly mailbox: MemoryMailbox;
  readonly clock: FakeClock;
  readonly ledger: Ledger;
  readonly disturbance: Disturbance;
  readonly random: Random;
  readonly engine: SharedEngine;
  /** Whether the nodes are told of changes, or one of them watches each mailbox for all. */
  readonly isPublished: boolean;
  /** How often, among some 900 events, all that is shared is lost. */
  readonly emptyings: number;
  readonly counts: Counts;
  number(): number;
  failed(): void;
}

/** One of several processes that are one server. */
export class ServerNode {
  readonly #site: NodeSite;
  readonly #process: ServerProcess;
  readonly #died: (node: ServerNode) => void;
  readonly #cutMeanwhile: (node: ServerNode) => void;
  #link: NodeLink | undefined;
  #source: PublishedSource | RelayedSource | undefined;
  /** Whether phones are sent to it. */
  isOpen = true;
  /** It is cut off, or hears nothing. */
  isOff = false;
  #troubledUntilMs = 0;

  constructor(site: NodeSite, died: (node: ServerNode) => void, cutMeanwhile: (node: ServerNode) => void) {
    this.#site = site;
    this.#died = died;
    this.#cutMeanwhile = cutMeanwhile;
    const { mailbox, clock, ledger, disturbance } = site;
    this.#process = new ServerProcess(mailbox, clock, ledger, disturbance, {
      place: (mortality, seen) => this.#place(mortality, seen),
      number: () => site.number(),
      died: () => this.#ended(),
    });
  }

  get server(): SimulatedServer {
    return this.#process.server;
  }

  get alive(): boolean {
    return this.#process.alive;
  }

  /** Its way to the others. */
  get link(): NodeLink {
    if (this.#link === undefined) throw new Error("the process was never started");
    return this.#link;
  }

  /** Whether it may not know of everything at that time. */
  isTroubled(atMs: number): boolean {
    return this.isOff || atMs < this.#troubledUntilMs;
  }

  /** It may not know of everything before that time. */
  troubleUntil(untilMs: number): void {
    this.#troubledUntilMs = Math.max(this.#troubledUntilMs, untilMs);
  }

  dieAfter(calls: number): void {
    this.#process.dieAfter(calls);
  }

  die(): void {
    this.#process.die();
  }

  /** Another process takes its place. */
  startAgain(): void {
    this.#process.startAgain();
    this.isOpen = true;
    this.isOff = false;
  }

  /** Answers what is held, and lets go what it has. */
  async close(): Promise<void> {
    this.isOpen = false;
    await this.server.close();
    await this.#source?.close();
  }

  /** Is told of a change, for all. Resolves when it has told them, or remembers what it could not tell; never, if it dies before. */
  async publish(
    user: string,
    folder: string,
    told: Parameters<PublishedSource["publish"]>[2],
  ): Promise<void> {
    if (this.#source !== undefined && "publish" in this.#source)
      await this.#source.publish(user, folder, told);
  }

  #place(mortality: Mortality, mailbox: MemoryMailbox): ReturnType<NodePlace> {
    const { engine, clock, random, isPublished, failed } = this.#site;
    const link = new NodeLink(engine, mortality, {
      failed,
      cutMeanwhile: () => this.#cutMeanwhile(this),
    });
    this.#link = link;
    const options = { clock, spreadMs, random: () => random.next() };
    const source = isPublished
      ? publishedSource(mailbox, link.relay, options)
      : relayedSource(mailbox satisfies MailboxChangeSource, link.relay, options);
    this.#source = source;
    return { state: link.state, relay: link.relay, source };
  }

  #ended(): void {
    this.#link?.end();
    this.#died(this);
  }
}

type NodePlace = NonNullable<ConstructorParameters<typeof ServerProcess>[4]>["place"];
