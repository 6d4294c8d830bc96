import { tell } from "../mail-server/timeline.js";
import { freePort } from "./free-port.js";
import { Program } from "./programs.js";

/** One line of the log of `direct-push serve`. */
interface LogLine {
  readonly event: string;
  readonly device?: string;
  readonly command?: string;
  readonly outcome?: string;
  readonly held?: number;
  readonly pushMs?: number;
  readonly status?: string | number;
}

/** What the page for operators tells as JSON, as much of it as is used here. */
export interface Overview {
  readonly held: { readonly Ping: number };
  readonly nodes: readonly { readonly node: string; readonly held: { readonly Ping: number } }[];
}

/** Where the nodes find what they share. */
export interface SharedPorts {
  readonly imapPort: number;
  readonly redisPort: number;
}

/** A `direct-push serve`, as it would run on a machine of its own. */
export class ServeNode {
  readonly name: string;
  readonly port: number;
  readonly #shared: SharedPorts;
  #program: Program | undefined;
  #statusUrl: string | undefined;

  private constructor(name: string, port: number, shared: SharedPorts) {
    this.name = name;
    this.port = port;
    this.#shared = shared;
  }

  /** One that is not started yet. */
  static async make(name: string, shared: SharedPorts): Promise<ServeNode> {
    return new ServeNode(name, await freePort(), shared);
  }

  /** Its page for operators, while it runs. */
  get statusUrl(): string | undefined {
    return this.#program === undefined ? undefined : this.#statusUrl;
  }

  /** Starts it, again on the same port. Resolves when phones can come. */
  async start(): Promise<void> {
    const { imapPort, redisPort } = this.#shared;
    const args = [
      ...["--imap", `imap://127.0.0.1:${imapPort}`, "--redis", `redis://127.0.0.1:${redisPort}`],
      ...["--host", "127.0.0.1", "--port", String(this.port), "--trust-proxy", "127.0.0.1"],
      ...["--drain", "1s", "--status-port", "0"],
    ];
    // Outside of this repository: npx direct-push serve ...
    const command = [process.execPath, "--import", "tsx", "src/cli/main.ts", "serve", ...args];
    this.#statusUrl = undefined;
    this.#program = new Program(this.name, command, (line) => this.#hear(JSON.parse(line) as LogLine));
    // Not that the port is taken: that may be somebody else's doing.
    await this.#program.until(() => this.#statusUrl !== undefined);
  }

  /** `kill -9`, as a crash. */
  async kill(): Promise<void> {
    const program = this.#program;
    this.#program = undefined;
    tell(this.name, "kill -9");
    await program?.end("SIGKILL");
  }

  /** Lets it end as a service manager does: whatever it holds is answered. */
  async end(): Promise<void> {
    const program = this.#program;
    this.#program = undefined;
    await program?.end("SIGTERM");
  }

  /** What it tells of all nodes. */
  async overview(): Promise<Overview> {
    return (await (await fetch(`${this.#statusUrl}/status.json`)).json()) as Overview;
  }

  #hear(line: LogLine): void {
    const { event, device, command, outcome, held, pushMs, status } = line;
    if (event === "started") {
      this.#statusUrl = String(status);
      tell(this.name, `serves phones on port ${this.port}; its page for operators is ${status}`);
    } else if (event === "request" && outcome !== undefined) {
      const push = pushMs === undefined ? "" : `, ${pushMs} ms after it heard of the mail`;
      tell(this.name, `answers the ${command} of ${device} after ${held} s: ${outcome}${push}`);
    } else if (event === "ending" || event === "ended" || event.startsWith("redis-")) tell(this.name, event);
  }
}
