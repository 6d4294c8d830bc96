import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ImapFlow, type ImapFlowOptions } from "imapflow";
import { createTransport } from "nodemailer";
import { within } from "../contract/deadline.js";
import {
  type DovecotOptions,
  dovecotConfiguration,
  masterUser,
  passwordOf,
} from "./dovecot-configuration.js";
import { freePort } from "./free-port.js";
import { programIsThere } from "./required-program.js";

export { masterUser, passwordOf } from "./dovecot-configuration.js";

/** Whether Dovecot is installed; see {@link programIsThere}. */
export function dovecotIsThere(): boolean {
  return programIsThere("dovecot", "dovecot-imapd") && programIsThere("doveadm", "dovecot-core");
}

/** An IMAP server of one's own, in a folder of its own, on free ports; no service of the system is touched. */
export class Dovecot {
  readonly host = "127.0.0.1";
  readonly imapPort: number;
  readonly #lmtpPort: number;
  readonly #folder: string;
  readonly #isSecure: boolean;
  readonly #clients = new Set<ImapFlow>();
  #process: ChildProcess | undefined;

  private constructor(folder: string, imapPort: number, lmtpPort: number, isSecure: boolean) {
    this.#folder = folder;
    this.imapPort = imapPort;
    this.#lmtpPort = lmtpPort;
    this.#isSecure = isSecure;
  }

  /** Starts one. */
  static async start(options: DovecotOptions = {}): Promise<Dovecot> {
    const folder = mkdtempSync(join(tmpdir(), "direct-push-dovecot-"));
    const [imapPort, lmtpPort] = [await freePort(), await freePort()];
    prepare(folder, imapPort, lmtpPort, options);
    const dovecot = new Dovecot(folder, imapPort, lmtpPort, options.tls !== undefined);
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
    const transport = createTransport({ host: this.host, port: this.#lmtpPort, lmtp: true, ignoreTLS: true });
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
  setPasswords(passwords: Readonly<Record<string, string>>): void {
    const file = join(this.#folder, "users");
    const users = readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .map((line) => line.split(":")[0] ?? "");
    writeFileSync(
      file,
      users.map((user) => passwordLine(user, passwords[user] ?? passwordOf(user))).join(""),
    );
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

  /** Ends it as an operator does; the mail stays. */
  async stop(): Promise<void> {
    const child = this.#process;
    if (child === undefined) return;
    this.#process = undefined;
    if (child.exitCode === null && child.signalCode === null) {
      const exit = once(child, "exit");
      child.kill("SIGTERM");
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
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #doveadm(...words: readonly string[]): Promise<string> {
    const configuration = join(this.#folder, "dovecot.conf");
    return (await promisify(execFile)("doveadm", ["-c", configuration, ...words])).stdout;
  }

  async #launch(): Promise<void> {
    const child = spawn("dovecot", ["-F", "-c", join(this.#folder, "dovecot.conf")], {
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
      const log = readLog(join(this.#folder, "log"));
      await this.remove();
      throw new Error(`${String(error)}: ${output}${log}`);
    }
  }

  async #untilListening(child: ChildProcess): Promise<void> {
    for (const port of [this.imapPort, this.#lmtpPort]) {
      while (!(await greets(port))) {
        if (child.exitCode !== null) throw new Error(`Dovecot ended with ${child.exitCode}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }
}

function prepare(folder: string, imapPort: number, lmtpPort: number, options: DovecotOptions): void {
  const isRoot = process.getuid?.() === 0;
  const { uid, gid, username } = userInfo();
  const [mailUid, mailGid] = isRoot ? [65_534, 65_534] : [uid, gid];
  const place = { folder, imapPort, lmtpPort, isRoot, uid: mailUid, gid: mailGid, account: username };
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, "mail"));
  mkdirSync(join(folder, "run"));
  if (isRoot) chownSync(join(folder, "mail"), mailUid, mailGid);
  const users = options.users ?? ["alice", "bob"];
  writeFileSync(join(folder, "users"), users.map((user) => passwordLine(user, passwordOf(user))).join(""));
  writeFileSync(join(folder, "masters"), passwordLine(masterUser.user, masterUser.password));
  if (options.tls !== undefined) {
    writeFileSync(join(folder, "certificate.pem"), options.tls.certificate);
    writeFileSync(join(folder, "key.pem"), options.tls.key);
  }
  writeFileSync(join(folder, "dovecot.conf"), dovecotConfiguration(place, options));
}

function passwordLine(user: string, password: string): string {
  return `${user}:{PLAIN}${password}::::::\n`;
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
