import type { Question } from "../question.js";

/** The way between the first process and a worker. What is sent arrives whole, in order, and once, as long as both are there. */
export interface Line {
  send(message: object): void;
  /** Calls `listener` with each message that comes from now on. */
  onMessage(listener: (message: unknown) => void): void;
}

/** What a worker asks of the relay in the first process. */
export type RelayCall =
  | { readonly op: "publish"; readonly topic: string; readonly message: string }
  | { readonly op: "subscribe" | "unsubscribe"; readonly topic: string }
  | { readonly op: "claim" | "lease" | "release"; readonly name: string }
  | { readonly op: "claimed"; readonly names: readonly string[] };

/** What is sent by workers. */
export type FromWorker =
  /** The first message: the worker listens from now on. */
  | { readonly kind: "hello" }
  | { readonly kind: "relay"; readonly id: number; readonly call: RelayCall }
  | { readonly kind: "answer"; readonly id: number; readonly answer?: unknown }
  /** Phones can come in. */
  | { readonly kind: "listening"; readonly port: number };

/** What is sent to workers. */
export type ToWorker =
  /** Answers `hello`: the worker's own name as the others know it. */
  | { readonly kind: "welcome"; readonly relayId: string; readonly worker: number }
  | { readonly kind: "relay-answer"; readonly id: number; readonly answer?: unknown }
  | { readonly kind: "relay-message"; readonly topic: string; readonly message: string }
  | { readonly kind: "relay-overtaken"; readonly name: string; readonly claim: number }
  | { readonly kind: "relay-gone"; readonly relayId: string }
  | { readonly kind: "question"; readonly id: number; readonly question: Question }
  /** End gracefully. */
  | { readonly kind: "drain" };

/** A message of the other side; undefined for what other parts of the program send there. */
export function readMessage<Message extends FromWorker | ToWorker>(message: unknown): Message | undefined {
  const isOurs = typeof message === "object" && message !== null && "directPush" in message;
  return isOurs ? (message.directPush as Message) : undefined;
}

/** Sends a message so that it is told from those of other parts of the program. */
export function sendOn<Message extends FromWorker | ToWorker>(line: Line, message: Message): void {
  line.send({ directPush: message });
}
