import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { ImapFlow } from "imapflow";

/**
 * Answers a command, given without its tag: the lines before the tagged one, which is OK unless the last line begins with `OK`, `NO` or `BAD`. Undefined: what
 * any server would say.
 */
export type ImapScript = (command: string) => readonly string[] | undefined;

const usualCapabilities = "IMAP4rev1 IDLE ENABLE CONDSTORE QRESYNC ESEARCH UIDPLUS MOVE";

/** An IMAP server of a test: it speaks over a real socket, and says what the test wants. */
export class ScriptedImapServer {
  /** What was asked, without the tags. */
  readonly commands: string[] = [];
  /** What a new connection hears, instead of the usual. */
  greeting: string | undefined;
  readonly #server = createServer((socket) => this.#serve(socket));
  readonly #sockets = new Set<Socket>();
  readonly #clients: ImapFlow[] = [];
  readonly #capabilities: string;
  readonly #script: ImapScript;

  private constructor(capabilities: string, script: ImapScript) {
    this.#capabilities = capabilities;
    this.#script = script;
  }

  static async start(script: ImapScript, capabilities = usualCapabilities): Promise<ScriptedImapServer> {
    const made = new ScriptedImapServer(capabilities, script);
    await once(made.#server.listen(0, "127.0.0.1"), "listening");
    return made;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** How many connections are open. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Says something that nobody asked for, on every connection. */
  say(...lines: readonly string[]): void {
    for (const socket of this.#sockets) socket.write(lines.map((line) => `${line}\r\n`).join(""), "latin1");
  }

  /** A client that is logged in. */
  async client(): Promise<ImapFlow> {
    const client = new ImapFlow({
      host: "127.0.0.1",
      port: this.port,
      secure: false,
      doSTARTTLS: false,
      auth: { user: "alice", pass: "secret" },
      qresync: true,
      disableAutoIdle: true,
      disableCompression: true,
      logger: false,
    });
    client.on("error", () => {});
    this.#clients.push(client);
    await client.connect();
    return client;
  }

  /** Takes no new connection any more. */
  stopTaking(): void {
    this.#server.close();
  }

  /** Closes every connection. */
  hangUp(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Closes every connection, and begins none any more. */
  async close(): Promise<void> {
    for (const client of this.#clients) client.close();
    this.hangUp();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => {});
    socket.write(`${this.greeting ?? `* OK [CAPABILITY ${this.#capabilities}] ready`}\r\n`);
    let text = "";
    let idling: string | undefined;
    socket.setEncoding("latin1").on("data", (piece: string) => {
      text += piece;
      for (let end = text.indexOf("\r\n"); end >= 0; end = text.indexOf("\r\n")) {
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        if (line === "DONE") {
          socket.write(`${idling} OK done\r\n`);
          continue;
        }
        const [, tag = "", command = ""] = /^(\S+) (.*)$/s.exec(line) ?? [];
        this.commands.push(command);
        const answer = this.#script(command) ?? this.#usual(command);
        if (answer[0] === "+") {
          idling = tag;
          socket.write("+ idling\r\n");
        } else socket.write(written(tag, answer), "latin1");
        if (command === "LOGOUT") socket.end();
      }
    });
  }

  #usual(command: string): readonly string[] {
    const [name = "", ...words] = command.split(" ");
    switch (name.toUpperCase()) {
      case "CAPABILITY":
        return [`* CAPABILITY ${this.#capabilities}`];
      case "NAMESPACE":
        return ['* NAMESPACE (("" "/")) NIL NIL'];
      case "ENABLE":
        return [`* ENABLED ${words.join(" ")}`];
      case "LIST":
        return ['* LIST (\\HasNoChildren) "/" INBOX'];
      case "IDLE":
        return ["+"];
      case "LOGOUT":
        return ["* BYE"];
      case "LSUB":
      case "LOGIN":
      case "NOOP":
      case "CLOSE":
      case "UNSELECT":
        return [];
      default:
        return [`BAD not in the script: ${command}`];
    }
  }
}

function written(tag: string, answer: readonly string[]): string {
  const last = answer.at(-1);
  const isTold = last !== undefined && /^(?:OK|NO|BAD)\b/.test(last);
  const lines = isTold ? answer.slice(0, -1) : answer;
  return [...lines, `${tag} ${isTold ? last : "OK done"}`].map((line) => `${line}\r\n`).join("");
}
