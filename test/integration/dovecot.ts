import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ImapFlow, type ImapFlowOptions } from "imapflow";
import { createTransport } from "nodemailer";
import { freePort } from "../../examples/cluster/free-port.js";
import { within } from "../contract/deadline.js";
import {
  type DovecotOptions,
  type DovecotPlace,
  dovecotConfiguration,
  masterUser,
  passwordOf,
  tokenConfiguration,
  userLine,
} from "./dovecot-configuration.js";
import { programIsThere } from "./required-program.js";

export { masterUser, passwordOf } from "./dovecot-configuration.js";

/** Whether Dovecot is installed; see {@link programIsThere}. */
export function dovecotIsThere(): boolean {
  return programIsThere("dovecot", "dovecot-imapd") && programIsThere("doveadm", "dovecot-core");
}

/** An IMAP server of one's own, in a folder of its own, on free ports; no service of the system is touched. */
export class Dovecot {
  readonly host = "127.0.0.1";
  readonly #place: DovecotPlace;
  readonly #isSecure: boolean;
  readonly #clients = new Set<ImapFlow>();
  #process: ChildProcess | undefined;

  private constructor(place: DovecotPlace, isSecure: boolean) {
    this.#place = place;
    this.#isSecure = isSecure;
  }

  get imapPort(): number {
    return this.#place.imapPort;
  }

  /** Of the process that all others are children of. */
  get pid(): number {
    const pid = this.#process?.pid;
    if (pid === undefined) throw new Error("Dovecot does not run");
    return pid;
  }

  /** What it has told of itself. */
  get log(): string {
    return readLog(join(this.#place.folder, "log"));
  }

  /** Starts one. */
  static async start(options: DovecotOptions = {}): Promise<Dovecot> {
    const folder = mkdtempSync(join(tmpdir(), "direct-push-dovecot-"));
    const place = placeOf(folder, await freePort(), await freePort());
    prepare(place, options);
    const dovecot = new Dovecot(place, options.tls !== undefined && options.tls.byStartTls !== true);
    await dovecot.#launch();
    return dovecot;
  }

  /** Delivers a mail by LMTP, as a mail server does. Resolves when Dovecot has it. */
  async deliver(to: string, subject: string, content = subject): Promise<void> {
    const message = [
      "From: Carol <carol@example.com>",
      `To: ${to}@example.com`,
      `Subject: ${subject}`,
      `Message-ID: <${Math.random().toString(36).slice(2)}@example.com>`,
      `Date: ${new Date().toUTCString()}`,
      "",
      content,
      "",
    ];
    await this.deliverMessage(to, message.join("\r\n"));
  }

  /** The same with a message of one's own. */
  async deliverMessage(to: string, message: string | Buffer): Promise<void> {
    const transport = createTransport({
      host: this.host,
      port: this.#place.lmtpPort,
      lmtp: true,
      ignoreTLS: true,
    });
    try {
      await transport.sendMail({ envelope: { from: "carol@example.com", to: [to] }, raw: message });
    } finally {
      transport.close();
    }
  }

  /** Another IMAP client of a user, logged in; it is closed when the server is stopped for good. */
  async client(user: string, settings: ImapFlowOptions = {}): Promise<ImapFlow> {
    const client = new ImapFlow({
      host: this.host,
      port: this.imapPort,
      secure: this.#isSecure,
      tls: { rejectUnauthorized: false },
      auth: { user, pass: passwordOf(user) },
      disableAutoIdle: true,
      logger: false,
      ...settings,
    });
    client.on("error", () => {});
    await within("Dovecot to log in", client.connect());
    this.#clients.add(client);
    return client;
  }

  /** Gives users new passwords: they are as `passwords` says, everybody else's as {@link passwordOf} says. */
  async setPasswords(passwords: Readonly<Record<string, string>>): Promise<void> {
    const file = join(this.#place.folder, "users");
    const users = readFileSync(file, "utf8").trim().split("\n");
    const lines = users.map((line, index) => {
      const [user = ""] = line.split(":");
      return userLine(this.#place, user, index, passwords[user]);
    });
    writeFileSync(file, lines.join(""));
    // Dovecot looks at the file once a second at most.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
  }

  /** How many IMAP connections a user has. */
  async connectionsOf(user: string): Promise<number> {
    const stdout = await this.#doveadm("who", "-1", user);
    return stdout.split("\n").filter((line) => line.startsWith(`${user} `)).length;
  }

  /** Gives a folder another UIDVALIDITY, as after a disaster: no UID of it means anything any more. */
  async renumber(user: string, path: string, uidValidity: number): Promise<void> {
    await this.#doveadm("mailbox", "update", "-u", user, "--uid-validity", String(uidValidity), path);
  }

  /** Ends it as an operator's service manager does, with every process of it; the mail stays. */
  async stop(): Promise<void> {
    const child = this.#process;
    if (child === undefined) return;
    this.#process = undefined;
    if (child.exitCode === null && child.signalCode === null) {
      const exit = once(child, "exit");
      if (child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
      await within("Dovecot to end", exit);
    }
  }

  /** Starts it again, on the same port with the same mail. */
  async restart(): Promise<void> {
    await this.stop();
    await this.#launch();
  }

  /** Ends it and removes everything. */
  async remove(): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.stop();
    rmSync(this.#place.folder, { recursive: true, force: true });
  }

  async #doveadm(...words: readonly string[]): Promise<string> {
    const configuration = join(this.#place.folder, "dovecot.conf");
    return (await promisify(execFile)("doveadm", ["-c", configuration, ...words])).stdout;
  }

  async #launch(): Promise<void> {
    const child = spawn("dovecot", ["-F", "-c", join(this.#place.folder, "dovecot.conf")], {
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = child;
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (piece: string) => {
        output += piece;
      });
    }
    try {
      await within("Dovecot to listen", this.#untilListening(child));
    } catch (error) {
      const { log } = this;
      await this.remove();
      throw new Error(`${String(error)}: ${output}${log}`);
    }
  }

  async #untilListening(child: ChildProcess): Promise<void> {
    for (const port of [this.imapPort, this.#place.lmtpPort]) {
      while (!(await greets(port))) {
        if (child.exitCode !== null) throw new Error(`Dovecot ended with ${child.exitCode}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }
}

function placeOf(folder: string, imapPort: number, lmtpPort: number): DovecotPlace {
  const isRoot = process.getuid?.() === 0;
  const { uid, gid, username: account } = userInfo();
  return { folder, imapPort, lmtpPort, isRoot, uid, gid: isRoot ? 65_534 : gid, account };
}

function prepare(place: DovecotPlace, options: DovecotOptions): void {
  const { folder } = place;
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, "mail"));
  mkdirSync(join(folder, "run"));
  // Each owner of mail makes folders of its own in it.
  if (place.isRoot) chmodSync(join(folder, "mail"), 0o777);
  const users = options.users ?? ["alice", "bob"];
  writeFileSync(join(folder, "users"), users.map((user, index) => userLine(place, user, index)).join(""));
  writeFileSync(join(folder, "masters"), `${masterUser.user}:{PLAIN}${masterUser.password}::::::\n`);
  if (options.tls !== undefined) {
    writeFileSync(join(folder, "certificate.pem"), options.tls.certificate);
    writeFileSync(join(folder, "key.pem"), options.tls.key);
  }
  if (options.tokens !== undefined) {
    writeFileSync(join(folder, "oauth2.conf"), tokenConfiguration(options.tokens.url));
  }
  writeFileSync(join(folder, "dovecot.conf"), dovecotConfiguration(place, options));
}

function readLog(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** Whether something listens; with TLS nothing is said before the handshake. */
function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      resolve(true);
      socket.destroy();
    });
    socket.once("error", () => resolve(false));
  });
}
