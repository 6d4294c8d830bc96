import { type Clock, type ClockTimer, systemClock } from "../../../clock.js";
import type { Relay } from "../../../relay/relay.js";
import type { Question } from "../question.js";
import { type NodeMessage, nodeMessageText, parseNodeMessage } from "./node-message.js";

/** Longest wait for what another process says of itself. */
const ANSWER_MS = 1_500;

/** All processes hear of this. */
const everybody = "serve/nodes";

/** What {@link NodeQuestions} work with. */
export interface NodeQuestionsOptions {
  readonly relay: Relay;
  /** What this process says of itself. */
  answer(question: Question): Promise<unknown>;
  readonly clock?: Clock;
}

interface Asked {
  readonly missing: Set<string>;
  readonly answers: unknown[];
  end(): void;
}

/**
 * Asks all processes of a server, on whatever machines, over the relay. Nothing is sent while nobody asks, but for a greeting from each process that
 * starts, by which the processes know how many answers to wait for.
 */
export class NodeQuestions {
  readonly #relay: Relay;
  readonly #answer: NodeQuestionsOptions["answer"];
  readonly #clock: Clock;
  /** The other processes, as far as is known. Those that are not answer as well; only nobody waits for them. */
  readonly #others = new Set<string>();
  readonly #asked = new Map<number, Asked>();
  #questions = 0;
  #stops: (() => void)[] = [];

  constructor({ relay, answer, clock = systemClock }: NodeQuestionsOptions) {
    this.#relay = relay;
    this.#answer = answer;
    this.#clock = clock;
  }

  /** Begins to answer, and greets the others. */
  async start(): Promise<void> {
    const hear = (text: string): void => this.#hear(text);
    this.#stops = await Promise.all(
      [everybody, topicOf(this.#relay.id)].map((topic) => this.#relay.subscribe(topic, hear)),
    );
    this.#stops.push(this.#relay.onLink((link) => link === "restored" && this.#greet()));
    this.#greet();
  }

  /** The answers of all processes, this one's first; without those that do not answer soon, or have nothing to say. */
  async ask({ topic, query }: Question): Promise<readonly unknown[]> {
    const question = { topic, query };
    const [own, others] = await Promise.all([this.#ownAnswer(question), this.#askOthers(question)]);
    return [own, ...others].filter((answer) => answer !== undefined);
  }

  /** Says goodbye. Never rejects. */
  async close(): Promise<void> {
    for (const stop of this.#stops.splice(0)) stop();
    for (const { end } of [...this.#asked.values()]) end();
    await this.#send(everybody, { kind: "bye", from: this.#relay.id });
  }

  #greet(): void {
    void this.#send(everybody, { kind: "hello", from: this.#relay.id, isFirst: true });
  }

  #askOthers(question: Question): Promise<readonly unknown[]> {
    if (this.#others.size === 0) return Promise.resolve([]);
    this.#questions += 1;
    const id = this.#questions;
    return new Promise((resolve) => {
      let timer: ClockTimer | undefined;
      const asked: Asked = {
        missing: new Set(this.#others),
        answers: [],
        end: () => {
          if (!this.#asked.delete(id)) return;
          if (timer !== undefined) this.#clock.clearTimer(timer);
          resolve(asked.answers);
        },
      };
      this.#asked.set(id, asked);
      timer = this.#clock.setTimer(() => {
        // They are waited for again when they have said something.
        for (const other of asked.missing) this.#others.delete(other);
        asked.end();
      }, ANSWER_MS);
      this.#send(everybody, { kind: "ask", from: this.#relay.id, id, question }).then((isSent) => {
        if (!isSent) asked.end();
      });
    });
  }

  #hear(text: string): void {
    const message = parseNodeMessage(text);
    if (message === undefined || message.from === this.#relay.id) return;
    if (message.kind === "bye") {
      this.#gone(message.from);
      return;
    }
    this.#others.add(message.from);
    if (message.kind === "hello" && message.isFirst) {
      void this.#send(topicOf(message.from), { kind: "hello", from: this.#relay.id, isFirst: false });
    } else if (message.kind === "ask") void this.#reply(message);
    else if (message.kind === "answer") this.#answered(message);
  }

  async #reply({ from, id, question }: NodeMessage & { kind: "ask" }): Promise<void> {
    const answer = await this.#ownAnswer(question);
    await this.#send(topicOf(from), { kind: "answer", from: this.#relay.id, id, answer });
  }

  #answered({ from, id, answer }: NodeMessage & { kind: "answer" }): void {
    const asked = this.#asked.get(id);
    if (asked === undefined) return;
    asked.answers.push(answer);
    asked.missing.delete(from);
    if (asked.missing.size === 0) asked.end();
  }

  #gone(other: string): void {
    this.#others.delete(other);
    for (const asked of [...this.#asked.values()]) {
      asked.missing.delete(other);
      if (asked.missing.size === 0) asked.end();
    }
  }

  async #ownAnswer(question: Question): Promise<unknown> {
    try {
      return await this.#answer(question);
    } catch {
      // Left out, as another process would be.
      return undefined;
    }
  }

  /** Resolves to whether it was sent: while Redis is away nothing is. */
  async #send(topic: string, message: NodeMessage): Promise<boolean> {
    try {
      await this.#relay.publish(topic, nodeMessageText(message));
      return true;
    } catch {
      return false;
    }
  }
}

function topicOf(id: string): string {
  return `serve/node/${id}`;
}
