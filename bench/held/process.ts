import { type ChildProcess, fork } from "node:child_process";

/** A child process that obeys one order after the other and answers each with a value. */
export class OrderedProcess<Order extends object> {
  readonly #child: ChildProcess;
  /** What it said when it was ready. */
  readonly ready: Promise<unknown>;

  constructor(
    file: string,
    args: readonly string[],
    node: string = process.execPath,
    flags: readonly string[] = [],
  ) {
    this.#child = fork(file, args, { execPath: node, execArgv: ["--expose-gc", ...flags] });
    this.ready = this.#next();
  }

  #last: Promise<unknown> = Promise.resolve();

  /** Sends an order, when those before it were obeyed, and waits for its value. */
  ask(order: Order): Promise<unknown> {
    const asked = this.#last.then(() => this.#ask(order));
    this.#last = asked.catch(() => undefined);
    return asked;
  }

  async #ask(order: Order): Promise<unknown> {
    const answer = this.#next();
    this.#child.send(order);
    return await answer;
  }

  /** The same for an order whose value is a number. */
  async number(order: Order): Promise<number> {
    return Number(await this.ask(order));
  }

  /** Ends the process and waits until it is gone. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGKILL");
    await gone;
  }

  #next(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const onExit = (code: number | null): void => reject(new Error(`a bench process ended with ${code}`));
      this.#child.once("exit", onExit);
      this.#child.once("message", (message: { readonly value: unknown }) => {
        this.#child.off("exit", onExit);
        resolve(message.value);
      });
    });
  }
}
