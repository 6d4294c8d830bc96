import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { within } from "../contract/deadline.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A program of TypeScript that runs beside the test, in a process group of its own. */
export class RunningProgram {
  readonly #child: ChildProcess;
  readonly #exit: Promise<number | string>;
  readonly #waiting = new Set<() => void>();
  #output = "";
  #ended = false;

  /** @param args of tsx: the file, relative to the repository, and what it is given. */
  constructor(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(process.execPath, ["--import", "tsx", ...args], {
      cwd: root,
      detached: true,
      env: { ...process.env, PORT: "0", ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => this.#hear(text));
    }
    this.#exit = once(this.#child, "exit").then(([code, signal]: unknown[]) => {
      this.#ended = true;
      this.#hear("");
      return typeof code === "number" ? code : String(signal);
    });
  }

  /** Everything that it printed so far. */
  get output(): string {
    return this.#output;
  }

  /** Waits until it has printed something that matches, after the first `from` characters; returns the match. */
  async prints(pattern: RegExp, from = 0): Promise<RegExpExecArray> {
    return await within(`${pattern} in the output`, this.#find(pattern, from)).catch((error: unknown) => {
      throw new Error(`${String(error)}; the output is:\n${this.#output}`);
    });
  }

  /** Sends a signal and waits for the end: an exit code, or the name of the signal that ended it. */
  async endsOn(signal: "SIGTERM" | "SIGINT"): Promise<number | string> {
    this.#child.kill(signal);
    return await within(`the end after ${signal}`, this.#exit);
  }

  /** The exit code of a program that ends by itself. */
  async ends(): Promise<number | string> {
    return await within("the end of the program", this.#exit);
  }

  /** Ends it however it takes. */
  kill(): void {
    const { pid } = this.#child;
    if (pid !== undefined && !this.#ended) process.kill(-pid, "SIGKILL");
  }

  #hear(text: string): void {
    this.#output += text;
    for (const look of [...this.#waiting]) look();
  }

  #find(pattern: RegExp, from: number): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(this.#output.slice(from));
        if (match === null && !this.#ended) return;
        this.#waiting.delete(look);
        if (match === null) reject(new Error(`the program ended without printing ${pattern}`));
        else resolve(match);
      };
      this.#waiting.add(look);
      look();
    });
  }
}
