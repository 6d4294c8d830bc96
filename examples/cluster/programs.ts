import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** A program that the example runs, in a process group of its own. */
export class Program {
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #output = "";

  /** @param onLine called with each line of its standard output. */
  constructor(name: string, [command = "", ...args]: readonly string[], onLine?: (line: string) => void) {
    this.#name = name;
    this.#child = spawn(command, args, { detached: true, stdio: ["ignore", "pipe", "pipe"] });
    this.#ended = once(this.#child, "close").catch((error: unknown) => {
      this.#output += String(error);
    });
    let rest = "";
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) onLine?.(line);
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#output = (this.#output + text).slice(-2_000);
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Resolves when it listens on a port; rejects when it ends before. */
  async listensOn(port: number): Promise<void> {
    await this.until(() => accepts(port));
  }

  /** Resolves when something holds of it; rejects when it ends before. */
  async until(holds: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await holds())) {
      if (!this.#runs) throw new Error(`${this.#name} ended: ${this.#output}`);
      await pause(50);
    }
  }

  /** Ends it, with every process of it. */
  async end(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    if (this.#runs && this.pid !== undefined) process.kill(-this.pid, signal);
    await this.#ended;
  }

  get #runs(): boolean {
    return this.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }
}

/** A configuration beside this file, with its {{names}} filled in. */
export function configuration(file: string, values: Readonly<Record<string, string | number>>): string {
  const text = readFileSync(fileURLToPath(new URL(file, import.meta.url)), "utf8");
  // The first line explains the names.
  return text.slice(text.indexOf("\n")).replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name]));
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      resolve(true);
      socket.destroy();
    });
    socket.once("error", () => resolve(false));
  });
}
