import type { ChildProcess } from "node:child_process";
import { within } from "../contract/deadline.js";

/** What the test asks of the phone's process. */
export type PhoneOrder = "set up" | "ping" | "hanging sync" | "sync" | "is answered" | "vanish";

/** What the test asks of the server's process. */
export type ServerOrder = "deliver" | "report";

/** What the server's process knows. */
export interface ServerReport {
  readonly held: number;
  readonly openWatches: number;
  /** How held requests ended, in their order. */
  readonly ended: readonly string[];
  /** How the connections ended whose request was not answered yet. */
  readonly dropped: readonly string[];
  /** Answers to held requests that the server's kernel took: `finish` fired. */
  readonly finished: number;
}

/** Sends an order to a process and waits for what it answers. */
export async function ask<Answer>(child: ChildProcess, order: PhoneOrder | ServerOrder): Promise<Answer> {
  const answer = new Promise<Answer>((resolve) => {
    child.once("message", (message) => resolve(message as Answer));
  });
  child.send(order);
  return await within(`the answer to "${order}"`, answer);
}
