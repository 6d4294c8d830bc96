/**
 * Mails that 12.1 sends without a document, got wrong in the message, in the body as HTTP carries it, and in both forms of the query: what comes is an HTTP status
 * that is documented, never a fault, and 200 for what went out alone, with its copy and its mark.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { textOf, treeOf } from "../devices/tree.js";
import { user, World } from "../statuses/world.js";
import { rawVariantsOf } from "./raw-mail-variants.js";
import {
  messageOf,
  queryBytes,
  queryForms,
  type RawCommand,
  type RawMail,
  rawCommands,
  rightMail,
} from "./raw-mails.js";

interface Outcome {
  readonly http: number;
  readonly sent: number;
  readonly copies: number;
  /** What the original is marked with, whether one or all were answered. */
  readonly verb: string | undefined;
}

const verbs: Readonly<Record<RawCommand, string | undefined>> = {
  SendMail: undefined,
  SmartReply: "reply",
  SmartForward: "forward",
};

/** Sends what `make` makes of the right request, over a body that is read bit by bit. */
async function outcomeOf(
  command: RawCommand,
  form: RawMail["form"],
  make: (right: RawMail) => { readonly mail: RawMail; readonly query?: string },
): Promise<Outcome> {
  const world = await World.of({ code: 0, at: "", why: "", tree: undefined, version: "12.1", isBare: true });
  const faults: unknown[] = [];
  world.directPush.events.on("requestFailed", ({ error }) => faults.push(error));
  world.directPush.events.on("sourceFailed", ({ error }) => faults.push(error));
  try {
    const { mail, query = queryOf(mail) } = make(rightMail(command, form, world));
    const { status, body } = await world.device.send(command, undefined, {
      url: `/Microsoft-Server-ActiveSync?${query}`,
      headers: {
        "ms-asprotocolversion": form === "plain" ? "12.1" : undefined,
        "content-length": String(mail.message.length),
        ...mail.headers,
      },
      body: chunksOf(mail.message),
    }).answer;
    if (status === 200) expect(body).toBeNull();
    expect(faults).toEqual([]);
    const { mailbox, plans } = world;
    const item = await mailbox.item({ user }, "inbox", plans, { bodies: [], withBody: false });
    return {
      http: status,
      sent: mailbox.submission.sent.length,
      copies: mailbox.snapshot(user, "sent").size,
      verb: item?.class === "Email" ? item.lastVerb?.executed.replace("-all", "") : undefined,
    };
  } finally {
    await world.close();
  }
}

function queryOf(mail: RawMail): string {
  return queryBytes(mail).toString(mail.form === "plain" ? "utf8" : "base64");
}

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1_000) yield bytes.subarray(at, at + 1_000);
}

/** What 12.1 gets, as the table of these commands says and the one of HTTP for every command. */
function documentedHttp(): readonly number[] {
  const text = readFileSync(new URL("../../../docs/protocol.md", import.meta.url), "utf8");
  const [, section = ""] = /\n## SendMail,[^\n]*\n([\s\S]*?)\n## /.exec(text) ?? [];
  const cells = [...section.matchAll(/^\| [\d, ]+ \| ([^|]+) \|/gm)].map(([, cell = ""]) => cell);
  return [200, 415, 501, ...cells.flatMap((cell) => cell.match(/\b\d{3}\b/) ?? []).map(Number)];
}

/** Whether a query asks for a copy: in the plain form by a T, in the other by a bit of the first byte. */
function wantsCopy({ form, parameters }: RawMail): boolean {
  const value = parameters.find(([name]) => name === "SaveInSent")?.[1];
  if (value === undefined || value.length === 0) return false;
  return form === "plain" ? value === "T" : ((Buffer.from(value)[0] ?? 0) & 1) === 1;
}

function expectHonest(outcome: Outcome, command: RawCommand, mail: RawMail, name: string): void {
  const isSent = outcome.http === 200;
  const expected = {
    http: outcome.http,
    sent: isSent ? 1 : 0,
    copies: isSent && wantsCopy(mail) ? 1 : 0,
    verb: isSent ? verbs[command] : undefined,
  };
  expect([name, outcome]).toEqual([name, expected]);
  expect(documentedHttp(), name).toContain(outcome.http);
}

const all = rawCommands.flatMap((command) => queryForms.map((form) => ({ command, form })));

describe.each(all)("$command without a document, with the $form query", ({ command, form }) => {
  it("is sent as it is", async () => {
    const outcome = await outcomeOf(command, form, (mail) => ({ mail }));
    expect(outcome).toEqual({ http: 200, sent: 1, copies: 1, verb: verbs[command] });
  });

  it.each(rawVariantsOf(command))("$name", async ({ name, change, http }) => {
    let sent: RawMail | undefined;
    const outcome = await outcomeOf(command, form, (right) => {
      const mail = { ...right, ...change(right) };
      sent = mail;
      return { mail };
    });
    if (sent === undefined) throw new Error("nothing was sent");
    if (http !== undefined) expect([name, outcome.http]).toEqual([name, http]);
    expectHonest(outcome, command, sent, name);
  });

  it("is cut anywhere in its message, and says so by its length: 400", async () => {
    const { length } = messageOf();
    for (let end = 1; end < length; end += 23) {
      const outcome = await outcomeOf(command, form, (right) => ({
        mail: {
          ...right,
          message: right.message.subarray(0, end),
          headers: { ...right.headers, "content-length": String(length) },
        },
      }));
      expect([end, outcome]).toEqual([end, { http: 400, sent: 0, copies: 0, verb: undefined }]);
    }
  });

  it("is cut anywhere in its message, and nothing tells: sent or refused, and that is what is said", async () => {
    for (let end = 1; end < messageOf().length; end += 23) {
      let sent: RawMail | undefined;
      const outcome = await outcomeOf(command, form, (right) => {
        const mail = { ...right, message: right.message.subarray(0, end) };
        sent = mail;
        return { mail };
      });
      if (sent === undefined) throw new Error("nothing was sent");
      expectHonest(outcome, command, sent, `cut after ${end} bytes`);
    }
  });
});

describe.each(rawCommands)("%s with a base64 query that is broken", (command) => {
  it("is cut anywhere: refused, unless what is left is a query without SaveInSent", async () => {
    const lengths = new Set<number>();
    let whole = 0;
    await outcomeOf(command, "base64", (mail) => {
      whole = queryBytes(mail).length;
      // Where each parameter that is not asked for ends.
      for (let at = mail.parameters.length; at >= 0; at -= 1)
        lengths.add(queryBytes({ ...mail, parameters: mail.parameters.slice(0, at) }).length);
      return { mail };
    });
    for (let end = 1; end < whole; end += 1) {
      const outcome = await outcomeOf(command, "base64", (mail) => ({
        mail,
        query: queryBytes(mail).subarray(0, end).toString("base64"),
      }));
      // All but SaveInSent are there.
      const isWhole = end === [...lengths].toSorted((one, other) => other - one)[1];
      const expected = isWhole
        ? { http: 200, sent: 1, copies: 0, verb: verbs[command] }
        : { http: 400, sent: 0, copies: 0, verb: undefined };
      expect([end, outcome]).toEqual([end, expected]);
    }
  });

  it.each<readonly [string, number, (query: string) => string]>([
    ["a character that is none of base64's", 400, (query) => `${query.slice(0, 9)}*${query.slice(10)}`],
    ["a percent sign", 400, (query) => `${query.slice(0, 9)}%zz${query.slice(10)}`],
    ["a character too many", 400, (query) => `${query.slice(0, 40)}A`],
    ["padding in its middle", 400, (query) => `${query.slice(0, 9)}=${query.slice(10)}`],
    ["another version", 400, (query) => rebuilt(query, 0, 25)],
    ["a command of no code", 501, (query) => rebuilt(query, 1, 200)],
    ["a device id of no byte", 400, (query) => rebuilt(query, 4, 0)],
    ["a device id that is longer than the query", 400, (query) => rebuilt(query, 4, 255)],
    ["a policy key of three bytes", 400, (query) => rebuilt(query, 12, 3)],
    ["nothing", 400, () => ""],
    ["a form of neither", 400, () => "DeviceId=DEVICE1&DeviceType=TestPhone"],
  ])("has %s: %i", async (_, http, breaking) => {
    const outcome = await outcomeOf(command, "base64", (mail) => ({ mail, query: breaking(queryOf(mail)) }));
    expect(outcome).toEqual({ http, sent: 0, copies: 0, verb: undefined });
  });

  it("of the safe alphabet, without padding, or percent-encoded is whole", async () => {
    const forms: readonly ((query: string) => string)[] = [
      (query) => query.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""),
      encodeURIComponent,
    ];
    for (const form of forms) {
      const outcome = await outcomeOf(command, "base64", (mail) => ({ mail, query: form(queryOf(mail)) }));
      expect(outcome).toEqual({ http: 200, sent: 1, copies: 1, verb: verbs[command] });
    }
  });
});

/** A query with another byte. */
function rebuilt(query: string, at: number, byte: number): string {
  const bytes = Buffer.from(query, "base64");
  bytes[at] = byte;
  return bytes.toString("base64");
}

describe("a mail without a document in a later version", () => {
  it.each(
    rawCommands.flatMap((command) =>
      (["14.0", "14.1", "16.0", "16.1"] as const).map((version) => [command, version] as const),
    ),
  )("%s in %s is Status 101, and nothing is sent", async (command, version) => {
    const world = await World.of({ code: 0, at: "", why: "", tree: undefined, version, isBare: true });
    try {
      const at = command;
      const mail = rightMail(command, "plain", world);
      const { status, document } = await world.device.send(command, undefined, {
        url: `/Microsoft-Server-ActiveSync?${queryOf(mail)}`,
        headers: { ...mail.headers, "content-length": String(mail.message.length) },
        body: mail.message,
      }).answer;
      expect([status, textOf(treeOf(document), "Status"), treeOf(document)?.[0]]).toEqual([200, "101", at]);
      expect(world.mailbox.submission.sent).toEqual([]);
    } finally {
      await world.close();
    }
  });
});
