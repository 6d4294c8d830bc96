import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { HttpTarget } from "./redis-http-carrier.js";
import type { FromNode, NodeQuestion, NodeReply, ToNode } from "./redis-node-messages.js";
import { answerCall, type SharedMailbox } from "./redis-shared-mailbox.js";

/** One process of a `NodeCluster`, seen from the test. */
export class ClusterNode implements HttpTarget {
  readonly port: number;
  unanswered = 0;
  /** Whether phones are still sent to it. */
  isOpen = true;
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #waiting = new Map<number, (reply: NodeReply | undefined) => void>();
  #questions = 0;

  private constructor(process: ChildProcess, port: number, mailbox: SharedMailbox) {
    this.#process = process;
    this.port = port;
    this.#exited = once(process, "exit");
    process.on("message", (message) => void this.#hear(message as FromNode, mailbox));
    process.on("exit", () => {
      for (const answered of this.#waiting.values()) answered(undefined);
      this.#waiting.clear();
    });
  }

  /** Starts one. */
  static async start(redisUrls: readonly string[], mailbox: SharedMailbox): Promise<ClusterNode> {
    const file = fileURLToPath(new URL("redis-node.ts", import.meta.url));
    const process = fork(file, redisUrls, {
      execArgv: ["--import", "tsx"],
      serialization: "advanced",
      stdio: "inherit",
    });
    const exited = once(process, "exit").then(() => Promise.reject(new Error("the process ended")));
    const [message] = (await Promise.race([once(process, "message"), exited])) as [FromNode];
    exited.catch(() => undefined);
    if (message.kind !== "listening") throw new Error(`unexpected ${message.kind}`);
    return new ClusterNode(process, message.port, mailbox);
  }

  /** Asks it something; undefined when it is gone, or goes before it has answered. */
  ask(question: NodeQuestion): Promise<NodeReply | undefined> {
    return new Promise((resolve) => {
      this.#questions += 1;
      const id = this.#questions;
      this.#waiting.set(id, resolve);
      this.#send({ kind: "ask", id, question }, () => {
        this.#waiting.delete(id);
        resolve(undefined);
      });
    });
  }

  /** The devices whose requests it holds. */
  async held(): Promise<readonly string[]> {
    const reply = await this.ask({ kind: "held" });
    return reply?.kind === "held" ? reply.devices : [];
  }

  /** How often its way to the others was lost, and came back. */
  async links(): Promise<{ readonly lost: number; readonly restored: number }> {
    const reply = await this.ask({ kind: "links" });
    return reply?.kind === "links" ? reply : { lost: 0, restored: 0 };
  }

  /** Ends it as a deployment does: no new phones, then, with nothing but held requests left, an answer to each. */
  async close(): Promise<void> {
    this.isOpen = false;
    while ((await this.held()).length < this.unanswered) await pause(20);
    this.#send({ kind: "close" });
    await this.#exited;
  }

  /** Kills it. */
  async kill(): Promise<void> {
    this.isOpen = false;
    this.#process.kill("SIGKILL");
    await this.#exited;
  }

  async #hear(message: FromNode, mailbox: SharedMailbox): Promise<void> {
    if (message.kind === "reply") {
      this.#waiting.get(message.id)?.(message.reply);
      this.#waiting.delete(message.id);
    } else if (message.kind === "call") this.#send(await answerCall(mailbox, message));
  }

  #send(message: ToNode, failed: () => void = () => undefined): void {
    if (!this.#process.connected) failed();
    else this.#process.send(message, (error) => error !== null && failed());
  }
}
