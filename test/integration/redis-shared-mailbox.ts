import type { Mailbox, MailboxChangeSource } from "../../src/index.js";
import type { MailboxCall, ToNode } from "./redis-node-messages.js";

/** What a process needs of the mailbox that all of them share. */
export type SharedMailbox = Mailbox & Pick<MailboxChangeSource, "marker">;

const methods: readonly (keyof SharedMailbox)[] = [
  "folders",
  "changes",
  "itemsDated",
  "itemVersion",
  "item",
  "create",
  "update",
  "delete",
  "move",
  "marker",
];

/** The mailbox as a process sees it: each call is a message to the test, which has it. */
export class RemoteMailbox {
  readonly mailbox: SharedMailbox;
  readonly #send: (call: MailboxCall) => void;
  readonly #waiting = new Map<number, (answer: Extract<ToNode, { kind: "called" }>) => void>();
  #calls = 0;

  constructor(send: (call: MailboxCall) => void) {
    this.#send = send;
    const calls = methods.map((method) => [method, (...args: unknown[]) => this.#call(method, args)]);
    this.mailbox = Object.fromEntries(calls) as SharedMailbox;
  }

  /** The test has answered a call. */
  called(answer: Extract<ToNode, { kind: "called" }>): void {
    this.#waiting.get(answer.id)?.(answer);
    this.#waiting.delete(answer.id);
  }

  #call(method: string, args: readonly unknown[]): Promise<unknown> {
    this.#calls += 1;
    const id = this.#calls;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ value, error }) =>
        error === undefined ? resolve(value) : reject(new Error(error)),
      );
      this.#send({ kind: "call", id, method, args });
    });
  }
}

/** Makes a process's call into the mailbox. */
export async function answerCall(
  mailbox: SharedMailbox,
  { id, method, args }: MailboxCall,
): Promise<Extract<ToNode, { kind: "called" }>> {
  try {
    const call = mailbox[method as keyof SharedMailbox] as (...given: readonly unknown[]) => Promise<unknown>;
    return { kind: "called", id, value: await call.apply(mailbox, [...args]) };
  } catch (error) {
    return { kind: "called", id, error: String(error) };
  }
}
