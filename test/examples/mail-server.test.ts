import { connect, type Socket } from "node:net";
import { createTransport } from "nodemailer";
import { afterEach, expect, it } from "vitest";
import type { InProcessDevice, InProcessDeviceOptions } from "../../src/testing/index.js";
import {
  ComposeMail,
  child,
  childElements,
  childText,
  Email,
  element,
  FolderHierarchy,
  Ping,
  textElement,
} from "../../src/wbxml/index.js";
import { bytesElement } from "../../src/wbxml/writing.js";
import { within } from "../contract/deadline.js";
import { RunningProgram } from "./running-program.js";
import { wirePhone } from "./wire-phone.js";

const readyLine =
  /^ready http=http:\/\/127\.0\.0\.1:(\d+)\/Microsoft-Server-ActiveSync smtp=smtp:\/\/127\.0\.0\.1:(\d+)$/m;

const running: RunningProgram[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const program of running.splice(0)) program.kill();
  for (const socket of sockets.splice(0)) socket.destroy();
});

interface Demo {
  readonly program: RunningProgram;
  readonly httpPort: number;
  readonly smtpPort: number;
}

function run(...options: readonly string[]): RunningProgram {
  const program = new RunningProgram(["examples/mail-server/main.ts", ...options]);
  running.push(program);
  return program;
}

async function demo(...options: readonly string[]): Promise<Demo> {
  const program = run("--http-port", "0", "--smtp-port", "0", ...options);
  const [, httpPort, smtpPort] = await program.prints(readyLine);
  return { program, httpPort: Number(httpPort), smtpPort: Number(smtpPort) };
}

async function sendMail({ smtpPort }: Demo, to: string, subject: string): Promise<void> {
  const transport = createTransport({ host: "127.0.0.1", port: smtpPort, ignoreTLS: true });
  await within("the mail to be taken", transport.sendMail({ from: "a@b", to, subject, text: "Hello!" }));
  transport.close();
}

/** A phone that has synced its inbox. */
async function syncedPhone({ httpPort }: Demo, options: InProcessDeviceOptions): Promise<InProcessDevice> {
  const phone = wirePhone(httpPort, options);
  const { document } = await within("FolderSync", phone.folderSync());
  expect(childText(document, FolderHierarchy.Status)).toBe("1");
  await within("the first Sync", phone.syncAll("inbox"));
  return phone;
}

async function subjectsOf(phone: InProcessDevice): Promise<(string | undefined)[]> {
  const results = await within("a Sync", phone.syncAll("inbox"));
  return results.flatMap(({ added }) => added.map(({ data }) => childText(data, Email.Subject)));
}

it("tells the whole story, and goes on with a mail that is sent to it", async () => {
  const started = await demo();
  const { program } = started;
  const story = [
    /phone +FolderSync: 10 folders, the inbox is "inbox"/,
    /phone +Sync: no new mail/,
    /phone +Ping: /,
    /server +holds the Ping of DEMOPHONE1/,
    /mail +arrives for alice@example\.com/,
    /server +inbox changed: answers the Ping/,
    /phone +Ping answered: "inbox" changed/,
    /phone +Sync: "Lunch at noon\?" from "Bob" <bob@example\.com>/,
    /phone +Ping: /,
    /server +waits for mail/,
  ];
  await program.prints(new RegExp(story.map(({ source }) => `^.*${source}.*\\n`).join("(?:.*\\n)*?"), "m"));
  const told = program.output.length;
  await sendMail(started, "alice@example.com", "And dinner?");
  await program.prints(/Ping answered: [\s\S]*Sync: "And dinner\?"[\s\S]*Ping: /, told);
  expect(program.output.match(/^ready /gm)).toHaveLength(1);
  expect(await program.endsOn("SIGINT")).toBe(0);
});

it("shows phones all default folders, the recipient cache among them", async () => {
  const started = await demo("--no-phone");
  const { document } = await within("FolderSync", wirePhone(started.httpPort).folderSync());
  const folders = childElements(child(document, FolderHierarchy.Changes));
  const types = folders.map((folder) => childText(folder, FolderHierarchy.Type)).filter(Boolean);
  expect(types.toSorted((a, b) => Number(a) - Number(b))).toEqual(
    [2, 3, 4, 5, 6, 7, 8, 9, 10, 19].map(String),
  );
  expect(started.program.output).not.toMatch(/phone/);
});

it("is found from an e-mail address and a password", async () => {
  const { httpPort } = await demo("--no-phone");
  const server = `http://127.0.0.1:${httpPort}`;
  const endpoint = `${server}/Microsoft-Server-ActiveSync`;
  const json = await fetch(
    `${server}/autodiscover/autodiscover.json?Email=alice@example.com&Protocol=ActiveSync`,
  );
  expect(await json.json()).toEqual({ Protocol: "ActiveSync", Url: endpoint });
  const headers = { authorization: `Basic ${btoa("alice:alice")}` };
  const xml = await fetch(`${server}/Autodiscover/Autodiscover.xml`, { method: "POST", headers });
  // The demo's users go by more names than one: what comes back is the address.
  expect(await xml.text()).toMatch(/<EMailAddress>alice@example.com<.*<Url>http:\/\/127/);
});

it("pushes to each user under any name they log in with, and refuses others", async () => {
  const started = await demo("--no-phone", "--user", "carol:pa:ss", "--user", "bob@example.com:new");
  const { httpPort } = started;
  const alice = await syncedPhone(started, { user: "EXAMPLE\\alice", deviceId: "A1" });
  const bob = await syncedPhone(started, { user: "bob", password: "new", deviceId: "B1" });
  const carol = await syncedPhone(started, { user: "X\\Carol", password: "pa:ss", deviceId: "C1" });
  const pings = [alice, bob, carol].map((phone) => phone.ping({ heartbeatSeconds: 600, folders: ["inbox"] }));
  await sendMail(started, "alice@example.com", "for Alice");
  await sendMail(started, "bob@example.com", "for Bob");
  await sendMail(started, "carol@example.com", "for Carol");
  for (const { answer } of pings) {
    expect(childText((await within("a Ping's answer", answer)).document, Ping.Status)).toBe("2");
  }
  expect(await subjectsOf(alice)).toEqual(["for Alice"]);
  expect(await subjectsOf(bob)).toEqual(["for Bob"]);
  expect(await subjectsOf(carol)).toEqual(["for Carol"]);
  const endpoint = `http://127.0.0.1:${httpPort}/Microsoft-Server-ActiveSync`;
  const stranger = await fetch(endpoint, { method: "OPTIONS" });
  expect(stranger.status).toBe(401);
  expect(stranger.headers.get("www-authenticate")).toMatch(/^Basic realm=/);
  await started.program.prints(/asks for a password/);
  for (const wrong of [{ user: "bob", password: "bob" }, { user: "eve" }, { user: "alice@other.example" }]) {
    const answer = await within("a refusal", wirePhone(httpPort, wrong).folderSync());
    expect(answer.status, wrong.user).toBe(401);
  }
  await started.program.prints(/refuses the password of eve/);
  await expect(sendMail(started, "nobody@example.com", "lost")).rejects.toThrow(/550/);
});

it("makes phones accept the policy with --provision", async () => {
  const started = await demo("--provision");
  await started.program.prints(/Provision: policy accepted[\s\S]*Ping answered: [\s\S]*Sync: "Lunch/);
  const phone = wirePhone(started.httpPort, { user: "bob", password: "bob", deviceId: "B1" });
  phone.policyKey = 0;
  const refused = await within("the refusal", phone.folderSync());
  expect(childText(refused.document, FolderHierarchy.Status)).toBe("142");
  await within("Provision", phone.provision());
  const { document } = await within("FolderSync", phone.folderSync());
  expect(childText(document, FolderHierarchy.Status)).toBe("1");
});

it("refuses intervals outside its bounds with the nearest", async () => {
  const started = await demo("--no-phone", "--heartbeat-min", "100", "--heartbeat-max", "200");
  const phone = await syncedPhone(started, {});
  for (const [asked, nearest] of [
    [99, "100"],
    [201, "200"],
  ] as const) {
    const ping = phone.ping({ heartbeatSeconds: asked, folders: ["inbox"] });
    const { document } = await within("the refusal", ping.answer);
    expect(childText(document, Ping.Status)).toBe("5");
    expect(childText(document, Ping.HeartbeatInterval)).toBe(nearest);
  }
});

it("answers foreign phones and ends on Ctrl-C, while mail clients and half a request are there", async () => {
  const started = await demo();
  const phones = await Promise.all(
    ["F1", "F2", "F3"].map((deviceId) => syncedPhone(started, { user: "bob", password: "bob", deviceId })),
  );
  const pings = phones.map((phone) => phone.ping({ heartbeatSeconds: 600, folders: ["inbox"] }));
  await started.program.prints(/holds the Ping of F1/);
  await started.program.prints(/holds the Ping of F2/);
  await started.program.prints(/holds the Ping of F3/);
  const client = connect(started.smtpPort, "127.0.0.1");
  const half = connect(started.httpPort, "127.0.0.1");
  sockets.push(client, half);
  half.write("POST /Microsoft-Server-ActiveSync HTTP/1.1\r\nHost: x\r\n");
  await within("the greeting", new Promise((resolve) => client.once("data", resolve)));
  const code = await started.program.endsOn("SIGINT");
  expect(code, started.program.output).toBe(0);
  for (const { answer } of pings) {
    expect(childText((await within("the farewell", answer)).document, Ping.Status)).toBe("1");
  }
});

it.each([
  [
    ["--heartbeat-min", "300", "--heartbeat-max", "200"],
    "--heartbeat-min (300) must not be above --heartbeat-max (200)",
  ],
  [["--heartbeat-max", "3541"], "--heartbeat-max must be a whole number from 1 to 3540"],
  [["--http-port", "eighty"], "--http-port must be a whole number from 0 to 65535"],
  [["--smtp-port", ""], "--smtp-port must be a whole number from 0 to 65535"],
  [["--user", "alice"], "--user must be NAME:PASSWORD"],
  [["--colour"], "--colour"],
])("says what is wrong with %j, and how it is used", async (options, message) => {
  const program = run(...options);
  expect(await program.ends(), program.output).toBe(2);
  expect(program.output).toContain(message);
  expect(program.output).toContain("npm run demo -- [options]");
  expect(program.output).not.toMatch(/^ready|^ +at /m);
});

it("tells its options, and which port is taken", async () => {
  const help = run("--help");
  expect(await help.ends()).toBe(0);
  for (const option of ["--http-port N", "--no-phone", "--provision", "--user NAME:PASSWORD"]) {
    expect(help.output).toContain(option);
  }
  const { httpPort } = await demo("--no-phone");
  const second = run("--no-phone", "--smtp-port", "0", "--http-port", String(httpPort));
  expect(await second.ends()).toBe(1);
  expect(second.output).toContain("EADDRINUSE");
  expect(second.output).not.toMatch(/^ready|^ +at /m);
});

it("lets one user's phone mail another, whose held Ping is answered", async () => {
  const started = await demo("--no-phone");
  const hers = await syncedPhone(started, {});
  const his = await syncedPhone(started, { user: "bob@example.com", password: "bob", deviceId: "BOBSPHONE" });
  const ping = his.ping({ heartbeatSeconds: 60, folders: ["inbox"] });
  await started.program.prints(/holds the Ping of BOBSPHONE/);
  const send = (to: string, clientId: string): ReturnType<InProcessDevice["command"]> => {
    const mail = `From: alice@example.com\r\nTo: ${to}\r\nSubject: From my phone\r\n\r\nHello.\r\n`;
    const children = [
      textElement(ComposeMail.ClientId, clientId),
      bytesElement(ComposeMail.Mime, Buffer.from(mail)),
    ];
    return within("SendMail", hers.command("SendMail", element(ComposeMail.SendMail, children)));
  };
  expect((await send("Bob <bob@example.com>", "1")).document).toBeUndefined();
  expect(childText((await within("the Ping", ping.answer)).document, Ping.Status)).toBe("2");
  expect(await subjectsOf(his)).toEqual(["From my phone"]);
  expect(childText((await send("nobody@example.com", "2")).document, ComposeMail.Status)).toBe("116");
});
