import { type Arrival, HIERARCHY } from "../../../src/index.js";
import { EveryFolder } from "./every-folder.js";
import type { NodeSite, ServerNode } from "./server-node.js";

/** A change that a process was told of, and has not yet said that it told the others. */
interface Untold {
  readonly user: string;
  readonly folder: string;
}

/**
 * Tells one process of each change in a mailbox, as a mail server does that knows nothing of processes: another one if that dies before it has
 * answered.
 */
export class ChangeTelling {
  readonly #site: NodeSite;
  readonly #nodes: readonly ServerNode[];
  readonly #underWay = new Map<ServerNode, Set<Untold>>();
  /** Those that could not tell the others of changes. */
  readonly #silent = new Set<ServerNode>();
  /** When changes were last lost with the process that should have told of them. */
  #lostAtMs = Number.NEGATIVE_INFINITY;
  /** By user and folder. */
  readonly #changedAtMs = new Map<string, number>();

  constructor(site: NodeSite, nodes: readonly ServerNode[]) {
    this.#site = site;
    this.#nodes = nodes;
    for (const user of ["alice", "bob"]) {
      void site.mailbox.watch({ user }, new EveryFolder(), (folder, told) => {
        this.#changedAtMs.set(`${user} ${folder}`, site.clock.monotonicNow());
        if (site.isPublished) this.#tell({ user, folder }, told === "perhaps" ? undefined : told);
      });
    }
  }

  /** When a folder last changed. */
  changedAtMs(user: string, folder: string): number {
    return this.#changedAtMs.get(`${user} ${folder}`) ?? Number.NEGATIVE_INFINITY;
  }

  /** Whether all changes since then are told, or on their way. */
  isComplete(sinceMs: number): boolean {
    return this.#silent.size === 0 && sinceMs > this.#lostAtMs;
  }

  /** A process cannot tell the others anything. */
  cutOff(node: ServerNode): void {
    this.#silent.add(node);
  }

  /** A process can tell the others again; returns whether it could not. */
  isBack(node: ServerNode): boolean {
    return this.#silent.delete(node);
  }

  /** A process is dead, and with it what it remembers to tell, if it was in trouble. */
  died(node: ServerNode, isTroubled: boolean): void {
    const untold = this.#underWay.get(node) ?? [];
    this.#underWay.delete(node);
    if (isTroubled) this.#lostAtMs = this.#site.clock.monotonicNow();
    this.#silent.delete(node);
    // What an arrival says must be said at once.
    for (const change of untold) this.#tell(change, undefined);
  }

  #tell(change: Untold, arrival: Arrival | undefined): void {
    const { random, clock } = this.#site;
    const alive = this.#nodes.filter((node) => node.alive && node.isOpen);
    const reached = alive.filter(({ link }) => !link.isCut);
    const publisher = random.pick(random.chance(0.9) && reached.length > 0 ? reached : alive);
    if (publisher === undefined) {
      this.#lostAtMs = clock.monotonicNow();
      return;
    }
    if (publisher.link.isCut) this.#silent.add(publisher);
    const underWay = this.#underWay.get(publisher) ?? new Set();
    this.#underWay.set(publisher, underWay);
    underWay.add(change);
    const told = change.folder === HIERARCHY ? undefined : arrival;
    void publisher.publish(change.user, change.folder, told).then(() => underWay.delete(change));
  }
}
