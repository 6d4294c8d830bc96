import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.js";
import { configuration, Program } from "./programs.js";

/** Whom mail belongs to where the example is run by root, whom Dovecot does not let own any. */
const nobody = 65_534;

/** Dovecot, in a folder of its own: the one mail store that all nodes are in front of. */
export class MailServer {
  readonly port: number;
  readonly #program: Program;
  readonly #configuration: string;

  private constructor(port: number, program: Program, configuration: string) {
    this.port = port;
    this.#program = program;
    this.#configuration = configuration;
  }

  static async start(folder: string): Promise<MailServer> {
    const port = await freePort();
    for (const name of ["run", "mail"]) mkdirSync(join(folder, name));
    const file = join(folder, "dovecot.conf");
    writeFileSync(file, configuration("dovecot.conf", { folder, port, ...account(folder) }));
    const program = new Program("dovecot", ["dovecot", "-F", "-c", file]);
    await program.listensOn(port);
    return new MailServer(port, program, file);
  }

  /** Puts a mail into a user's inbox. */
  async deliver(user: string, subject: string): Promise<void> {
    const message = `From: Carol <carol@example.com>\r\nTo: ${user}@example.com\r\nSubject: ${subject}\r\nDate: ${new Date().toUTCString()}\r\n\r\nHello\r\n`;
    const child = spawn("doveadm", ["-c", this.#configuration, "save", "-u", user], {
      stdio: ["pipe", "ignore", "inherit"],
    });
    child.stdin?.end(message);
    const [code] = (await once(child, "close")) as [number | null];
    if (code !== 0) throw new Error(`doveadm save ended with ${code}`);
  }

  end(): Promise<void> {
    return this.#program.end();
  }
}

/** Dovecot's processes give up being root; without root they stay who they are. */
function account(folder: string): Readonly<Record<string, string | number>> {
  const { uid, gid, username } = userInfo();
  if (uid !== 0) {
    return { internal: username, internalGroup: gid, login: username, uid, gid, chroot: "chroot =" };
  }
  chmodSync(folder, 0o755);
  chmodSync(join(folder, "mail"), 0o777);
  const accounts = { internal: "dovecot", internalGroup: "dovecot", login: "dovenull" };
  return { ...accounts, uid: nobody, gid: nobody, chroot: "" };
}
