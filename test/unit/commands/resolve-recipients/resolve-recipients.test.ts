import { describe, expect, it } from "vitest";
import { resolveRecipients } from "../../../../src/commands/resolve-recipients/index.js";
import type { Mailbox } from "../../../../src/mailbox/mailbox.js";
import type { ProtocolVersion } from "../../../../src/protocol/version.js";
import { MemoryMailbox } from "../../../../src/testing/memory-mailbox.js";
import type { MemoryPerson } from "../../../../src/testing/memory-recipients.js";
import {
  element,
  emptyElement,
  ResolveRecipients,
  type Tag,
  textElement,
  type WbxmlElement,
} from "../../../../src/wbxml/index.js";
import { CommandBench, documentOf, plain } from "../command-context.js";

const user = "alice@example.com";
const bytes = (...values: number[]) => Uint8Array.from(values);
const base64 = (value: Uint8Array) => Buffer.from(value).toString("base64");
const [oldKey, newKey] = [bytes(1, 2, 3), bytes(4, 5)];
const people: readonly MemoryPerson[] = [
  {
    displayName: "Bob Brown",
    emailAddress: "bob@example.com",
    certificates: [oldKey, newKey],
    photo: bytes(9),
  },
  { displayName: "Bob Black", emailAddress: "black@example.com", certificates: [oldKey] },
  { displayName: "Carol", emailAddress: "carol@example.com", photo: bytes(8, 8) },
  {
    displayName: "Staff",
    emailAddress: "staff@example.com",
    members: ["bob@example.com", "carol@example.com"],
  },
  {
    displayName: "Everyone",
    emailAddress: "all@example.com",
    members: Array.from({ length: 21 }, (_, index) => `${index}@example.com`),
  },
];

class BenchWithPeople extends CommandBench {
  override readonly mailbox = new MemoryMailbox({ clock: this.clock, people });
}

function request(to: readonly string[], ...options: readonly WbxmlElement[]): WbxmlElement {
  return element(ResolveRecipients.ResolveRecipients, [
    ...to.map((text) => textElement(ResolveRecipients.To, text)),
    options.length === 0 ? undefined : element(ResolveRecipients.Options, options),
  ]);
}

async function resolve(
  document: WbxmlElement | undefined,
  { bench = new BenchWithPeople(), version = "16.1" as ProtocolVersion } = {},
): Promise<unknown> {
  return plain(documentOf(await bench.send(resolveRecipients, document, { version })));
}

const refused = ["ResolveRecipients", ["Status", "5"]];
const answered = (...responses: readonly unknown[]) => ["ResolveRecipients", ["Status", "1"], ...responses];
const response = (to: string, status: number, count: number, ...recipients: readonly unknown[]) => [
  "Response",
  ["To", to],
  ["Status", String(status)],
  ["RecipientCount", String(count)],
  ...recipients,
];
const recipient = (name: string, email: string, ...more: readonly unknown[]) => [
  "Recipient",
  ["Type", "1"],
  ["DisplayName", name],
  ["EmailAddress", email],
  ...more,
];
const option = (tag: Tag, value: number) => textElement(tag, value);

describe("ResolveRecipients", () => {
  it("tells whom an address stands for, in the order of the request, and who is not known", async () => {
    expect(await resolve(request(["carol@example.com", "nobody", "Bob <BOB@example.com>"]))).toEqual(
      answered(
        response("carol@example.com", 1, 1, recipient("Carol", "carol@example.com")),
        response("nobody", 4, 0),
        response("Bob <BOB@example.com>", 1, 1, recipient("Bob Brown", "bob@example.com")),
      ),
    );
  });

  it("suggests all of several, or as many as are wanted", async () => {
    const [black, brown] = [
      recipient("Bob Black", "black@example.com"),
      recipient("Bob Brown", "bob@example.com"),
    ];
    expect(await resolve(request(["bob"]))).toEqual(answered(response("bob", 2, 2, black, brown)));
    const limit = (count: number) => option(ResolveRecipients.MaxAmbiguousRecipients, count);
    expect(await resolve(request(["bob"], limit(1)))).toEqual(answered(response("bob", 3, 2, black)));
    expect(await resolve(request(["bob"], limit(0)))).toEqual(answered(response("bob", 3, 2)));
  });

  it("knows the user's own contacts, as Type 2", async () => {
    const bench = new BenchWithPeople();
    bench.mailbox.addItem(user, "contacts", {
      class: "Contacts",
      firstName: "Dora",
      email1Address: '"Dora" <dora@example.net>',
    });
    const dora = ["Recipient", ["Type", "2"], ["DisplayName", "Dora"], ["EmailAddress", "dora@example.net"]];
    expect(await resolve(request(["dora"]), { bench })).toEqual(answered(response("dora", 1, 1, dora)));
  });

  describe("certificates", () => {
    const full = option(ResolveRecipients.CertificateRetrieval, 2);
    const sent = (status: number, count: number, ...certificates: readonly Uint8Array[]) => [
      "Certificates",
      ["Status", String(status)],
      ["CertificateCount", String(count)],
      ...certificates.map((one) => ["Certificate", base64(one)]),
    ];

    it("are sent in full, and 7 says that there are none", async () => {
      expect(await resolve(request(["bob@example.com", "carol"], full))).toEqual(
        answered(
          response(
            "bob@example.com",
            1,
            1,
            recipient("Bob Brown", "bob@example.com", sent(1, 2, oldKey, newKey)),
          ),
          response("carol", 1, 1, recipient("Carol", "carol@example.com", sent(7, 0))),
        ),
      );
    });

    it("are all of a recipient's or none, within the limit of the answer: 8", async () => {
      const limit = option(ResolveRecipients.MaxCertificates, 2);
      expect(await resolve(request(["black@example.com", "bob@example.com"], full, limit))).toEqual(
        answered(
          response(
            "black@example.com",
            1,
            1,
            recipient("Bob Black", "black@example.com", sent(1, 1, oldKey)),
          ),
          response("bob@example.com", 1, 1, recipient("Bob Brown", "bob@example.com", sent(8, 2))),
        ),
      );
    });

    it("are not had in the short form", async () => {
      const mini = option(ResolveRecipients.CertificateRetrieval, 3);
      expect(await resolve(request(["black@example.com"], mini))).toEqual(
        answered(
          response("black@example.com", 1, 1, recipient("Bob Black", "black@example.com", sent(7, 1))),
        ),
      );
    });

    it("are not sent unasked, nor for one of several", async () => {
      const none = option(ResolveRecipients.CertificateRetrieval, 1);
      for (const document of [request(["bob@example.com"], none), request(["bob"], full)]) {
        expect(JSON.stringify(await resolve(document))).not.toContain("Certificates");
      }
    });

    it("of a list come with the number of its members", async () => {
      const found = await resolve(request(["staff"], full));
      expect(JSON.stringify(found)).toContain('["CertificateCount","0"],["RecipientCount","2"]');
    });
  });

  describe("availability", () => {
    const start = "2026-01-05T09:00:00.000Z";
    const startMs = Date.parse(start);
    const minutes = (count: number) => startMs + count * 60_000;
    const asked = (from: string, to?: string) =>
      element(ResolveRecipients.Availability, [
        textElement(ResolveRecipients.StartTime, from),
        to === undefined ? undefined : textElement(ResolveRecipients.EndTime, to),
      ]);
    const until = (count: number) => asked(start, new Date(minutes(count)).toISOString());
    const slots = (found: unknown) => /"MergedFreeBusy","(\d*)"/.exec(JSON.stringify(found))?.[1];
    const status = (found: unknown) => /"Availability",\["Status","(\d+)"/.exec(JSON.stringify(found))?.[1];

    function busyBench(): BenchWithPeople {
      const bench = new BenchWithPeople();
      const add = (
        owner: string,
        from: number,
        to: number,
        busyStatus: "busy" | "tentative" | "out-of-office",
      ) =>
        bench.mailbox.addItem(owner, "calendar", {
          class: "Calendar",
          startTimeMs: minutes(from),
          endTimeMs: minutes(to),
          busyStatus,
        });
      add("bob@example.com", -60, 10, "tentative");
      add("bob@example.com", 30, 61, "busy");
      add("bob@example.com", 60, 65, "out-of-office");
      add("carol@example.com", 90, 120, "busy");
      return bench;
    }

    it("has a digit for each half hour, the greatest of what falls into it", async () => {
      const found = await resolve(request(["bob@example.com"], until(145)), { bench: busyBench() });
      expect([status(found), slots(found)]).toEqual(["1", "12300"]);
    });

    it("of a list is that of its members together", async () => {
      const found = await resolve(request(["staff"], until(150)), { bench: busyBench() });
      expect(slots(found)).toBe("12320");
    });

    it("is 4 for who is not known, and for a time of which nothing is", async () => {
      expect(slots(await resolve(request(["carol"], until(60))))).toBe("44");
      const bench = busyBench();
      bench.mailbox.addItem("carol@example.com", "calendar", {
        class: "Calendar",
        startTimeMs: minutes(30),
        endTimeMs: minutes(60),
        // Of the Hebrew calendar.
        recurrence: { type: "monthly", dayOfMonth: 1, calendarType: 8 },
      });
      expect(slots(await resolve(request(["carol"], until(90)), { bench }))).toBe("044");
    });

    it("has each occurrence of a series", async () => {
      const bench = new BenchWithPeople();
      bench.mailbox.addItem("carol@example.com", "calendar", {
        class: "Calendar",
        startTimeMs: minutes(30 - 7 * 1440),
        endTimeMs: minutes(60 - 7 * 1440),
        recurrence: { type: "daily", end: { kind: "occurrences", count: 9 } },
        exceptions: [{ deleted: false, originalStartMs: minutes(30 + 1440), busyStatus: "tentative" }],
      });
      const found = slots(await resolve(request(["carol"], until(3 * 1440)), { bench }));
      expect(found).toBe(`02${"0".repeat(47)}1${"0".repeat(94)}`);
    });

    it("goes a week ahead without an end", async () => {
      expect(slots(await resolve(request(["carol"], asked(start))))).toHaveLength(7 * 48);
    });

    it("is 161 for a list of more than 20, 162 when it fails, 163 when it may not be seen", async () => {
      expect(status(await resolve(request(["everyone"], until(60))))).toBe("161");
      const failing = new BenchWithPeople();
      failing.mailbox.faults.failWith(new Error("no calendar"), ["freeBusy"]);
      expect(status(await resolve(request(["carol"], until(60)), { bench: failing }))).toBe("162");
      const secret = new BenchWithPeople();
      secret.mailbox.freeBusy = async () => ({ kind: "forbidden" });
      expect(status(await resolve(request(["carol"], until(60)), { bench: secret }))).toBe("163");
      const unable = new BenchWithPeople();
      Object.assign(unable.mailbox, { freeBusy: undefined });
      expect(status(await resolve(request(["carol"], until(60)), { bench: unable }))).toBe("163");
    });

    it.each([
      ["no start", element(ResolveRecipients.Availability, [])],
      ["a start that is no time", asked("soon")],
      ["an end that is no time", asked(start, "later")],
      ["less than half an hour", until(29)],
      ["more than 42 days", until(42 * 1440 + 1)],
    ])("with %s is refused", async (_name, wish) => {
      expect(await resolve(request(["carol"], wish))).toEqual(refused);
    });

    it("takes half an hour and 42 days", async () => {
      expect(slots(await resolve(request(["carol"], until(30))))).toBe("4");
      expect(slots(await resolve(request(["carol"], until(42 * 1440))))).toHaveLength(42 * 48);
    });

    it("is refused below 14.0, and not told for one of several", async () => {
      expect(await resolve(request(["carol"], until(60)), { version: "12.1" })).toEqual(refused);
      expect(status(await resolve(request(["bob"], until(60))))).toBeUndefined();
    });
  });

  describe("photos", () => {
    const picture = (size?: number, count?: number) =>
      element(ResolveRecipients.Picture, [
        size === undefined ? undefined : option(ResolveRecipients.MaxSize, size),
        count === undefined ? undefined : option(ResolveRecipients.MaxPictures, count),
      ]);
    const all = ["black@example.com", "bob@example.com", "carol"];
    const statuses = (found: unknown) =>
      [...JSON.stringify(found).matchAll(/"Picture",\["Status","(\d+)"/g)].map(([, status]) => status);

    it("have limits: 173 none, 174 too large, 175 too many", async () => {
      expect(statuses(await resolve(request(all, picture())))).toEqual(["173", "1", "1"]);
      expect(statuses(await resolve(request(all, picture(1))))).toEqual(["173", "1", "174"]);
      expect(statuses(await resolve(request(all, picture(9, 1))))).toEqual(["173", "1", "175"]);
      expect(await resolve(request(all, picture(-1)))).toEqual(refused);
      expect(JSON.stringify(await resolve(request(["bob@example.com"], picture())))).toContain(
        '["Data",[9]]',
      );
    });

    it("are not told below 14.1", async () => {
      expect(statuses(await resolve(request(all, picture()), { version: "14.0" }))).toEqual([]);
    });
  });

  it.each([
    ["nobody", request([])],
    ["more than 100", request(Array.from({ length: 101 }, () => "carol"))],
    ["an empty To", request(["carol", ""])],
    ["a To of 257 characters", request(["x".repeat(257)])],
    [
      "options twice",
      element(ResolveRecipients.ResolveRecipients, [
        textElement(ResolveRecipients.To, "carol"),
        emptyElement(ResolveRecipients.Options),
        emptyElement(ResolveRecipients.Options),
      ]),
    ],
    ["10000 certificates", request(["carol"], option(ResolveRecipients.MaxCertificates, 10_000))],
    ["10000 suggestions", request(["carol"], option(ResolveRecipients.MaxAmbiguousRecipients, 10_000))],
    ["another kind of certificates", request(["carol"], option(ResolveRecipients.CertificateRetrieval, 4))],
    ["another document", element(ResolveRecipients.To, [])],
    ["no document", undefined],
  ])("refuses %s with Status 5", async (_name, document) => {
    expect(await resolve(document)).toEqual(refused);
  });

  it("takes 100 recipients of 256 characters", async () => {
    const to = Array.from({ length: 100 }, () => "x".repeat(256));
    expect(await resolve(request(to))).toEqual(answered(...to.map((one) => response(one, 4, 0))));
  });

  it("answers 6 when the mailbox cannot tell", async () => {
    const bench = new BenchWithPeople();
    bench.mailbox.faults.failWith(new Error("no directory"), ["resolveRecipient"]);
    expect(await resolve(request(["carol"]), { bench })).toEqual(["ResolveRecipients", ["Status", "6"]]);
    expect(bench.told.sourceFailures).toHaveLength(1);
  });

  it("is advertised where the mailbox can resolve", () => {
    const supportedBy = (mailbox: object) => resolveRecipients.supportedBy?.(mailbox as Mailbox, undefined);
    expect([supportedBy({ resolveRecipient: async () => undefined }), supportedBy({})]).toEqual([
      true,
      false,
    ]);
  });
});
