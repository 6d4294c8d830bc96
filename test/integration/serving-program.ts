import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { within } from "../contract/deadline.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A line of the log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly event: string };

/** `direct-push serve` as a process of its own. */
export class ServingProgram {
  readonly #child: ChildProcess;
  readonly #exit: Promise<number | string>;
  readonly lines: LogLine[] = [];
  #errors = "";
  #wake: () => void = () => {};

  constructor(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(process.execPath, ["--import", "tsx", "src/cli/main.ts", "serve", ...args], {
      cwd: root,
      detached: true,
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let rest = "";
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.lines.push(JSON.parse(line));
      this.#wake();
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#errors += text;
    });
    this.#exit = once(this.#child, "close").then(([code, signal]: unknown[]) => {
      this.#wake();
      return typeof code === "number" ? code : String(signal);
    });
  }

  /** Waits for a line of the log, after the first `from`. */
  async says(event: string, wanted: (line: LogLine) => boolean = () => true, from = 0): Promise<LogLine> {
    const find = async (): Promise<LogLine> => {
      for (;;) {
        const found = this.lines.slice(from).find((line) => line.event === event && wanted(line));
        if (found !== undefined) return found;
        if (this.#child.exitCode !== null) throw new Error("it has ended");
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    };
    return await within(`"${event}" in the log`, find()).catch((error: unknown) => {
      throw new Error(
        `${error}; ${this.#errors}\n${this.lines.map((line) => JSON.stringify(line)).join("\n")}`,
      );
    });
  }

  /** The process ids of its workers. */
  async workers(): Promise<readonly number[]> {
    const children = await readFile(`/proc/${this.#child.pid}/task/${this.#child.pid}/children`, "utf8");
    return children.trim().split(" ").map(Number);
  }

  signal(name: "SIGTERM" | "SIGKILL"): void {
    this.#child.kill(name);
  }

  /** The exit code, or the signal that ended it. */
  async ends(): Promise<number | string> {
    return await within("the end of the server", this.#exit);
  }

  /** Ends it and its workers, however it takes. */
  async kill(): Promise<void> {
    const { pid } = this.#child;
    try {
      if (pid !== undefined) process.kill(-pid, "SIGKILL");
    } catch {
      // Nobody is left.
    }
    await this.#exit;
  }
}
