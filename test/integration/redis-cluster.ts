import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { DeliveredMail, FromNode, ToNode } from "./redis-node-messages.js";

/** One process of a {@link NodeCluster}. */
export class ClusterNode {
  readonly port: number;
  /** Whether phones are still sent to it. */
  isOpen = true;
  readonly #process: ChildProcess;
  readonly #waiting: ((message: FromNode) => void)[] = [];

  private constructor(process: ChildProcess, port: number) {
    this.#process = process;
    this.port = port;
    process.on("message", (message) => this.#waiting.shift()?.(message as FromNode));
    // What it did not answer any more is not waited for.
    process.on("exit", () => {
      for (const answered of this.#waiting.splice(0)) answered({ kind: "done" });
    });
  }

  /** Starts one. */
  static async start(redisUrl: string): Promise<ClusterNode> {
    const file = fileURLToPath(new URL("redis-node.ts", import.meta.url));
    const process = fork(file, [redisUrl], { execArgv: ["--import", "tsx"], stdio: "inherit" });
    const [message] = (await once(process, "message")) as [FromNode];
    if (message.kind !== "listening") throw new Error(`unexpected ${message.kind}`);
    return new ClusterNode(process, message.port);
  }

  /** Whether the process runs. */
  get isRunning(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Tells it something and waits for its answer. */
  ask(message: Exclude<ToNode, { kind: "close" }>): Promise<FromNode> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#process.send(message);
    });
  }

  /** The devices whose requests it holds. */
  async held(): Promise<readonly string[]> {
    const answer = await this.ask({ kind: "held" });
    return answer.kind === "held" ? answer.devices : [];
  }

  /** Ends it as a deployment does: no new phones, then an answer to each. */
  async close(): Promise<void> {
    this.isOpen = false;
    const exited = once(this.#process, "exit");
    this.#process.send({ kind: "close" } satisfies ToNode);
    await exited;
  }

  /** Kills it. */
  async kill(): Promise<void> {
    this.isOpen = false;
    if (!this.isRunning) return;
    const exited = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await exited;
  }
}

/** Processes that are one server, with one mailbox. */
export class NodeCluster {
  readonly mails: DeliveredMail[] = [];
  readonly #redisUrl: string;
  #nodes: ClusterNode[] = [];
  #turn = 0;

  constructor(redisUrl: string) {
    this.#redisUrl = redisUrl;
  }

  /** Those that phones are sent to. */
  get nodes(): readonly ClusterNode[] {
    return this.#nodes.filter(({ isOpen }) => isOpen);
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

  /** Adds a process, with all mail that there is. */
  async add(): Promise<ClusterNode> {
    const node = await ClusterNode.start(this.#redisUrl);
    // Mail that came while it took in what there was.
    for (let known = 0; known < this.mails.length; ) {
      const mails = this.mails.slice(known);
      known = this.mails.length;
      await node.ask({ kind: "deliver", mails });
    }
    this.#nodes.push(node);
    return node;
  }

  /** A mail arrives, and one process is told. */
  async deliver(user: string, publisher: ClusterNode = this.next()): Promise<string> {
    const mail = { user, subject: `mail ${this.mails.length + 1}`, receivedMs: Date.now() };
    this.mails.push(mail);
    await Promise.all(
      this.#nodes
        .filter((node) => node.isRunning)
        .map((node) => node.ask({ kind: "deliver", mails: [mail] })),
    );
    await publisher.ask({ kind: "publish", user });
    return mail.subject;
  }

  /** Ends all. */
  async close(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.kill()));
  }
}
