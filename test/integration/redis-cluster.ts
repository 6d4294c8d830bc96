import { MemoryMailbox } from "../../src/testing/index.js";
import { ClusterNode } from "./redis-cluster-node.js";

/** Processes that are one server, with one mailbox. */
export class NodeCluster {
  readonly mailbox: MemoryMailbox = new MemoryMailbox();
  readonly #redisUrls: readonly string[];
  readonly #subjects = new Map<string, string[]>();
  readonly #all: ClusterNode[] = [];
  #delivered = 0;
  #turn = 0;

  /** @param redisUrls of a Redis, or of the masters of a cluster. */
  constructor(redisUrls: readonly string[]) {
    this.#redisUrls = redisUrls;
  }

  /** Those that phones are sent to. */
  get nodes(): readonly ClusterNode[] {
    return this.#all.filter(({ isOpen }) => isOpen);
  }

  /** One of them. */
  at(index: number): ClusterNode {
    const node = this.nodes[index % this.nodes.length];
    if (node === undefined) throw new Error("no process runs");
    return node;
  }

  /** The one for the next request: each in turn. */
  next(): ClusterNode {
    this.#turn += 1;
    return this.at(this.#turn);
  }

  /** The subjects of all mails of a user. */
  mailsOf(user: string): readonly string[] {
    return this.#subjects.get(user) ?? [];
  }

  /** The devices whose requests are held, each as often as it has one. */
  async held(): Promise<string[]> {
    return (await Promise.all(this.nodes.map((node) => node.held()))).flat();
  }

  /** Adds a process. */
  async add(): Promise<ClusterNode> {
    const node = await ClusterNode.start(this.#redisUrls, this.mailbox);
    this.#all.push(node);
    return node;
  }

  /** A mail lies in the mailbox, and nobody is told. */
  store(user: string): string {
    this.#delivered += 1;
    const subject = `mail ${this.#delivered}`;
    const subjects = this.#subjects.get(user) ?? [];
    this.#subjects.set(user, [...subjects, subject]);
    this.mailbox.deliver(user, `From: a@example.com\r\nSubject: ${subject}\r\n\r\nx\r\n`);
    return subject;
  }

  /** A mail arrives, and one process is told. Returns its subject. */
  async deliver(user: string): Promise<string> {
    const subject = this.store(user);
    // Whoever delivers mail tells another process when one is gone.
    while ((await this.next().ask({ kind: "publish", user })) === undefined);
    return subject;
  }

  /** Ends all. */
  async close(): Promise<void> {
    await Promise.all(this.#all.map((node) => node.kill()));
  }
}
