import cluster, { type Worker } from "node:cluster";
import type { JsonLog } from "../json-log.js";
import type { Question } from "../question.js";
import { type FromWorker, type Line, readMessage, sendOn } from "./line.js";
import { RelayHub } from "./relay-hub.js";

/** Longest wait for what a worker says of itself. */
const ANSWER_MS = 3_000;
/** Wait before a worker is started in the place of one that ended, when that happens again and again. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** A worker that has served for so long has not ended because of how it was started. */
const SOUND_AFTER_MS = 60_000;

/** How workers are kept. */
export interface WorkerPoolOptions {
  readonly count: number;
  readonly log: JsonLog;
  /** After what time a worker that is to end is made to, in milliseconds. */
  readonly longestDrainMs: number;
}

interface Place {
  readonly number: number;
  worker: Worker;
  isListening: boolean;
  pauseMs: number;
  startedAtMs: number;
  timer: NodeJS.Timeout | undefined;
}

/** The workers of one machine: those that end are replaced. */
export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #hub = new RelayHub();
  readonly #places: Place[] = [];
  readonly #waiting = new Map<number, (answer: unknown) => void>();
  #questions = 0;
  #isEnding = false;
  #onListening: (port: number) => void = () => {};
  #onStillborn: (error: Error) => void = () => {};
  #onEmpty: () => void = () => {};

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
  }

  /** Starts all workers. Resolves with the port when each of them takes requests; rejects when one ends before. */
  async start(): Promise<number> {
    const started = new Promise<number>((resolve, reject) => {
      this.#onListening = (port) => {
        if (this.#places.every(({ isListening }) => isListening)) resolve(port);
      };
      this.#onStillborn = reject;
    });
    for (let number = 1; number <= this.#options.count; number += 1) {
      const place = { number, isListening: false, pauseMs: FIRST_PAUSE_MS, timer: undefined };
      this.#places.push({ ...place, worker: cluster.fork(), startedAtMs: performance.now() });
    }
    for (const place of this.#places) this.#follow(place);
    return await started;
  }

  /** Asks all workers that serve; those that do not answer in time are left out. */
  async ask(question: Question): Promise<readonly unknown[]> {
    const asked = this.#places.filter(({ isListening }) => isListening);
    const answers = await Promise.all(asked.map(({ worker }) => this.#askOne(worker, question)));
    return answers.filter((answer) => answer !== undefined);
  }

  /** Lets a worker that serves ask the processes of all machines; this machine's alone where none can. */
  async askThroughOne(question: Question): Promise<readonly unknown[]> {
    for (const { worker } of this.#places.filter(({ isListening }) => isListening)) {
      const answers = await this.#askOne(worker, question);
      if (Array.isArray(answers)) return answers;
    }
    return await this.ask({ ...question, everywhere: false });
  }

  /** Lets all workers end gracefully. */
  async drain(): Promise<void> {
    this.#isEnding = true;
    const emptied = new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
    for (const { worker, timer } of this.#places) {
      clearTimeout(timer);
      if (worker.isConnected()) sendOn(lineOf(worker), { kind: "drain" });
    }
    const kill = setTimeout(() => this.kill(), this.#options.longestDrainMs);
    this.#tellIfEmpty();
    await emptied;
    clearTimeout(kill);
    this.#hub.close();
  }

  /** Ends all workers at once. */
  kill(): void {
    this.#isEnding = true;
    for (const { worker } of this.#places) worker.process.kill("SIGKILL");
  }

  #follow(place: Place): void {
    const { worker, number } = place;
    const line = lineOf(worker);
    const { relayId, gone } = this.#hub.join(line);
    line.onMessage((received) => {
      const message = readMessage<FromWorker>(received);
      if (message?.kind === "hello") sendOn(line, { kind: "welcome", relayId, worker: number });
      else if (message?.kind === "answer") {
        this.#waiting.get(message.id)?.(message.answer);
      } else if (message?.kind === "listening") {
        place.isListening = true;
        this.#options.log.write("info", "worker-started", { worker: number, pid: worker.process.pid });
        this.#onListening(message.port);
      }
    });
    // A send that fails because the worker is gone is told by its exit.
    worker.on("error", () => {});
    worker.once("exit", (code, signal) => {
      gone();
      this.#ended(place, code, signal);
    });
  }

  #ended(place: Place, code: number | null, signal: string | null): void {
    const wasListening = place.isListening;
    place.isListening = false;
    if (this.#isEnding) {
      this.#tellIfEmpty();
      return;
    }
    const how = { worker: place.number, code: code ?? undefined, signal: signal ?? undefined };
    this.#options.log.write("error", "worker-ended", how);
    const servedMs = performance.now() - place.startedAtMs;
    if (!wasListening) this.#onStillborn(new Error(`worker ${place.number} ended before it could serve`));
    place.pauseMs =
      servedMs > SOUND_AFTER_MS ? FIRST_PAUSE_MS : Math.min(place.pauseMs * 2, LONGEST_PAUSE_MS);
    place.timer = setTimeout(() => {
      place.worker = cluster.fork();
      place.startedAtMs = performance.now();
      this.#follow(place);
    }, place.pauseMs);
  }

  #tellIfEmpty(): void {
    if (this.#places.every(({ worker }) => worker.isDead())) this.#onEmpty();
  }

  #askOne(worker: Worker, question: Question): Promise<unknown> {
    this.#questions += 1;
    const id = this.#questions;
    return new Promise((resolve) => {
      const timer = setTimeout(() => answered(undefined), ANSWER_MS);
      const answered = (answer: unknown): void => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        resolve(answer);
      };
      this.#waiting.set(id, answered);
      sendOn(lineOf(worker), { kind: "question", id, question });
    });
  }
}

function lineOf(worker: Worker): Line {
  return {
    send: (message) => {
      if (worker.isConnected()) worker.send(message);
    },
    onMessage: (listener) => worker.on("message", listener),
  };
}
