import { EventEmitter } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "selfsigned";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Finding } from "../../../../src/cli/serve/check/finding.js";
import { openImapBackend } from "../../../../src/cli/serve/imap-backend.js";
import type { OpenBackend } from "../../../../src/cli/serve/mail-backend.js";
import { type ServeContext, serveCommand } from "../../../../src/cli/serve/serve-command.js";
import { MemoryMailbox } from "../../../../src/testing/index.js";
import { childText, Ping } from "../../../../src/wbxml/index.js";
import { until, within } from "../../../contract/deadline.js";
import { wirePhone } from "../../../examples/wire-phone.js";
import { memoryBackend } from "./memory-backend.js";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "direct-push-serve-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Trial {
  readonly signals: EventEmitter;
  readonly exits: number[];
  output: string;
  errors: string;
  readonly status: Promise<0 | 1 | 2>;
  lines(event: string): Record<string, unknown>[];
}

interface TrialOptions {
  readonly environment?: Record<string, string>;
  readonly mailbox?: MemoryMailbox;
  readonly findings?: readonly Finding[];
  readonly openBackend?: OpenBackend;
}

const noTerminal: ServeContext["stdin"] = {
  isTTY: false,
  setRawMode: () => process.stdin,
  on: () => process.stdin,
  off: () => process.stdin,
  resume: () => process.stdin,
  pause: () => process.stdin,
} as unknown as ServeContext["stdin"];

function run(args: readonly string[], options: TrialOptions = {}): Trial {
  const { environment = {}, mailbox = new MemoryMailbox(), findings } = options;
  const signals = new EventEmitter();
  const exits: number[] = [];
  const trial = { signals, exits, output: "", errors: "" };
  const status = serveCommand(args, {
    environment: { HOME: folder, ...environment },
    stdin: noTerminal,
    stdout: {
      write: (text) => {
        trial.output += text;
      },
    },
    stderr: {
      write: (text) => {
        trial.errors += text;
      },
    },
    signals,
    exit: (code) => exits.push(code),
    openBackend: options.openBackend ?? (async () => memoryBackend(mailbox, findings)),
  });
  const lines = (event: string): Record<string, unknown>[] =>
    trial.output
      .trim()
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line))
      .filter((line) => line.event === event);
  return Object.assign(trial, { status, lines });
}

const here = ["--imap", "imap://127.0.0.1", "--host", "127.0.0.1", "--port", "0", "--drain", "1s"];

it("serves until a signal comes, with its state in the folder of the user", async () => {
  const mailbox = new MemoryMailbox();
  const trial = run([...here, "--metrics-port", "0", "--status-port", "0"], { mailbox });
  await until("the start", () => trial.lines("started").length === 1 || trial.errors !== "");
  expect(trial.errors).toBe("");
  const [started] = trial.lines("started");
  const phone = wirePhone(Number(started?.["port"]));
  await within("FolderSync", phone.folderSync());
  await within("Sync", phone.syncAll("inbox"));
  const ping = phone.ping({ heartbeatSeconds: 900, folders: ["inbox"] });
  const metrics = async (): Promise<string> =>
    await (await fetch(`http://127.0.0.1:${started?.["metricsPort"]}/metrics`)).text();
  while (!(await metrics()).includes('direct_push_held{command="Ping"} 1')) await new Promise(setImmediate);
  const page = await (await fetch(`${started?.["status"]}/`)).text();
  expect(page).toContain('<dd id="held-now">1</dd>');
  trial.signals.emit("SIGTERM");
  expect(childText((await within("the answer", ping.answer)).document, Ping.Status)).toBe("1");
  expect(await within("the end", trial.status)).toBe(0);
  expect(trial.lines("ended")).toHaveLength(1);
  expect(trial.exits).toEqual([]);
  // Again, with the same state: the phone goes on.
  const again = run(here, { mailbox });
  await until("the second start", () => again.lines("started").length === 1);
  const key = phone.syncKeyOf("inbox");
  const same = wirePhone(Number(again.lines("started")[0]?.["port"]));
  same.setSyncKey("inbox", key);
  expect((await within("a Sync", same.sync("inbox"))).status).toBe("1");
  again.signals.emit("SIGINT");
  expect(await within("the end", again.status)).toBe(0);
});

it("prints how it is used", async () => {
  const trial = run(["--help"]);
  expect(await trial.status).toBe(0);
  expect(trial.output).toMatch(/^Usage: direct-push serve --imap URL/);
});

it.each<[string, string[], RegExp]>([
  ["no server", [], /--imap/],
  ["a network that is none", [...here, "--trust-proxy", "everybody"], /trustedProxies.*everybody/],
  ["an Autodiscover URL that is none", [...here, "--autodiscover", "mail.example.com"], /autodiscover/],
])("ends with 2 for %s", async (_what, args, message) => {
  const trial = run(args);
  expect(await within("the end", trial.status)).toBe(2);
  expect(trial.errors).toMatch(message);
  expect(trial.output).toBe("");
});

it("ends with 1 when its port is taken", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => other.once("listening", resolve));
  const { port } = other.address() as { port: number };
  const trial = run([...here, "--port", String(port)]);
  expect(await within("the end", trial.status)).toBe(1);
  expect(trial.errors).toContain("EADDRINUSE");
  other.close();
});

it("names the package that is missing", async () => {
  const openBackend = async (): Promise<never> => {
    throw Object.assign(new Error("Cannot find package 'imapflow' imported from /x/y.js"), {
      code: "ERR_MODULE_NOT_FOUND",
    });
  };
  const trial = run(here, { openBackend });
  expect(await within("the end", trial.status)).toBe(1);
  expect(trial.errors).toBe("The package imapflow is needed and not installed: npm install imapflow\n");
});

describe("--check", () => {
  const check = [...here, "--check", "--user", "alice"];
  const password = { DIRECT_PUSH_PASSWORD: "alice" };

  it("says what it found, and that all is well", async () => {
    const trial = run(check, { environment: password, findings: [{ isWell: true, text: "12 folders" }] });
    expect(await within("the end", trial.status)).toBe(0);
    expect(trial.output.split("\n")).toEqual([
      "ok    the options",
      "ok    no certificate: phones must come through a proxy that has one",
      `ok    the state in ${join(folder, ".local/state/direct-push")}`,
      "ok    127.0.0.1 takes the login of alice, whose mailbox is alice@example.com",
      "ok    12 folders",
      "Phones can come.",
      "",
    ]);
    expect(trial.errors).toBe("");
  });

  it("ends with 1 when something is missing", async () => {
    const trial = run(check, { environment: password, findings: [{ isWell: false, text: "no folders" }] });
    expect(await within("the end", trial.status)).toBe(1);
    expect(trial.output).toContain("FAIL  no folders\nNot all is well.\n");
  });

  it("ends with 1 for a wrong password, which it does not repeat", async () => {
    const trial = run(check, { environment: { DIRECT_PUSH_PASSWORD: "hunter2" } });
    expect(await within("the end", trial.status)).toBe(1);
    expect(trial.output).toContain("refuses the login of alice");
    expect(trial.output + trial.errors).not.toContain("hunter2");
  });

  it("says why the mail server cannot be asked", async () => {
    const openBackend: OpenBackend = async () => ({
      ...memoryBackend(new MemoryMailbox()),
      authenticate: async () => {
        throw new Error("the IMAP server cannot be reached", { cause: new Error("connect ECONNREFUSED") });
      },
    });
    const trial = run(check, { environment: password, openBackend });
    expect(await within("the end", trial.status)).toBe(1);
    expect(trial.output).toContain("127.0.0.1:143: the IMAP server cannot be reached (connect ECONNREFUSED)");
  });

  it("needs a user, and a password from somewhere", async () => {
    const nobody = run([...here, "--check"]);
    expect(await within("the end", nobody.status)).toBe(1);
    expect(nobody.output).toContain("give --user");
    const silent = run(check);
    expect(await within("the end", silent.status)).toBe(1);
    expect(silent.errors).toContain("set DIRECT_PUSH_PASSWORD");
  });

  it("reads the certificate", async () => {
    const { cert, private: key } = await generate([{ name: "commonName", value: "mail.example.com" }], {
      keyType: "ec",
    });
    const [certFile, keyFile] = [join(folder, "cert.pem"), join(folder, "key.pem")];
    writeFileSync(certFile, cert);
    writeFileSync(keyFile, key);
    const args = [...check, "--cert", certFile, "--key", keyFile];
    const trial = run(args, { environment: password });
    expect(await within("the end", trial.status)).toBe(0);
    expect(trial.output).toMatch(/ok {4}the certificate of .*mail\.example\.com.*, valid for \d+ days/);
    const expired = await generate([{ name: "commonName", value: "mail.example.com" }], {
      keyType: "ec",
      notBeforeDate: new Date("2020-01-01"),
      notAfterDate: new Date("2021-01-01"),
    });
    writeFileSync(certFile, expired.cert);
    writeFileSync(keyFile, expired.private);
    const old = run(args, { environment: password });
    expect(await within("the end", old.status)).toBe(1);
    expect(old.output).toMatch(/FAIL {2}the certificate of .*, expired for \d+ days: renew it/);
    writeFileSync(keyFile, "nonsense");
    const broken = run(args, { environment: password });
    expect(await within("the end", broken.status)).toBe(1);
    expect(broken.output).toMatch(/FAIL .*\nNot all is well\.\n$/);
    const missing = run([...check, "--cert", join(folder, "none.pem"), "--key", keyFile], {
      environment: password,
    });
    expect(await within("the end", missing.status)).toBe(1);
    expect(missing.output).toMatch(/FAIL .*--cert: .*none\.pem.*\nNot all is well\.\n$/);
  });

  it("names the option whose file it cannot start with", async () => {
    const none = join(folder, "none.pem");
    for (const [option, args] of [
      ["--cert", ["--cert", none, "--key", none]],
      ["--mail-ca", ["--mail-ca", none]],
    ] as const) {
      const trial = run([...here, ...args], {
        openBackend: (settings, state) => openImapBackend(settings.mail, state),
      });
      expect(await within("the end", trial.status)).toBe(1);
      expect(trial.errors).toContain(`${option}: ENOENT`);
      expect(trial.errors).toContain(none);
    }
    const nonsense = join(folder, "nonsense.pem");
    writeFileSync(nonsense, "nonsense");
    const trial = run([...here, "--cert", nonsense, "--key", nonsense]);
    expect(await within("the end", trial.status)).toBe(1);
    expect(trial.errors).toContain(`--cert ${nonsense}, --key ${nonsense}: `);
  });
});
