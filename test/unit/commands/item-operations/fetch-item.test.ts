import { describe, expect, it } from "vitest";
import { longIdOf } from "../../../../src/mailbox/item-reference.js";
import {
  AirSync,
  AirSyncBase,
  DocumentLibrary,
  Email,
  element,
  emptyElement,
  ItemOperations,
  RightsManagement,
  Search,
  textElement,
  type WbxmlElement,
} from "../../../../src/wbxml/index.js";
import { mailWithAttachments, startBench, user } from "./item-operations-bench.js";

type Children = readonly (WbxmlElement | undefined)[];

function fetch(...children: Children): WbxmlElement {
  return element(ItemOperations.Fetch, [textElement(ItemOperations.Store, "Mailbox"), ...children]);
}

function byId(folder: string, id: string, ...options: Children): WbxmlElement {
  return fetch(
    textElement(AirSync.CollectionId, folder),
    textElement(AirSync.ServerId, id),
    options.length === 0 ? undefined : element(ItemOperations.Options, options),
  );
}

function bodyPreference(type: number, ...more: Children): WbxmlElement {
  return element(AirSyncBase.BodyPreference, [textElement(AirSyncBase.Type, type), ...more]);
}

const subjectOnly = element(ItemOperations.Schema, [emptyElement(Email.Subject)]);
const bodyOnly = element(ItemOperations.Schema, [emptyElement(AirSyncBase.Body)]);

function answered(...answers: readonly unknown[]): unknown {
  return ["ItemOperations", ["Status", "1"], ["Response", ...answers]];
}

type Property = readonly [string, ...unknown[]];

function isProperty(value: unknown): value is Property {
  return Array.isArray(value);
}

function propertiesOf(answer: unknown): readonly Property[] {
  const [, , response] = answer as [string, unknown, [string, readonly unknown[]]];
  const properties = response[1].filter(isProperty).find(([name]) => name === "Properties");
  return (properties ?? []).slice(1).filter(isProperty);
}

describe("Fetch of an item", () => {
  it("carries its names, its class and all properties", async () => {
    const bench = startBench();
    const answer = await bench.operate(byId("inbox", bench.id));
    expect(answer).toEqual(
      answered([
        "Fetch",
        ["Status", "1"],
        ["CollectionId", "inbox"],
        ["ServerId", bench.id],
        ["Class", "Email"],
        ["Properties", ...propertiesOf(answer)],
      ]),
    );
    const properties = propertiesOf(answer);
    expect(properties).toContainEqual(["Subject", "Two files"]);
    expect(properties).toContainEqual([
      "Body",
      ["Type", "1"],
      ["EstimatedDataSize", "15"],
      ["Data", expect.stringContaining("See the files.")],
    ]);
    expect(properties.map(([name]) => name)).toContain("Attachments");
  });

  it("finds it by its LongId", async () => {
    const bench = startBench("14.1");
    const longId = longIdOf({ folder: "inbox", item: bench.id });
    const options = element(ItemOperations.Options, [subjectOnly]);
    expect(await bench.operate(fetch(textElement(Search.LongId, longId), options))).toEqual(
      answered([
        "Fetch",
        ["Status", "1"],
        ["LongId", longId],
        ["Class", "Email"],
        ["Properties", ["Subject", "Two files"]],
      ]),
    );
  });

  it("sends the properties of the schema alone", async () => {
    const bench = startBench();
    expect(propertiesOf(await bench.operate(byId("inbox", bench.id, subjectOnly)))).toEqual([
      ["Subject", "Two files"],
    ]);
  });

  it("sends the body as it is asked for", async () => {
    const bench = startBench();
    const short = bodyPreference(1, textElement(AirSyncBase.TruncationSize, 3));
    expect(propertiesOf(await bench.operate(byId("inbox", bench.id, bodyOnly, short)))).toEqual([
      ["Body", ["Type", "1"], ["EstimatedDataSize", "15"], ["Truncated", "1"], ["Data", "See"]],
    ]);
    const mime = [textElement(AirSync.MIMESupport, 2), bodyPreference(4)];
    expect(propertiesOf(await bench.operate(byId("inbox", bench.id, bodyOnly, ...mime)))).toEqual([
      [
        "Body",
        ["Type", "4"],
        ["EstimatedDataSize", String(mailWithAttachments.length)],
        ["Data", mailWithAttachments],
      ],
    ]);
  });

  it("sends the message part from 14.1 on", async () => {
    const part = element(AirSyncBase.BodyPartPreference, [textElement(AirSyncBase.Type, 2)]);
    const schema = element(ItemOperations.Schema, [emptyElement(AirSyncBase.BodyPart)]);
    for (const [version, names] of [
      ["14.0", []],
      ["14.1", ["BodyPart"]],
    ] as const) {
      const bench = startBench(version);
      const properties = propertiesOf(await bench.operate(byId("inbox", bench.id, schema, part)));
      expect(properties.map(([name]) => name)).toEqual(names);
    }
  });

  it("puts the body into a part, byte by byte", async () => {
    const bench = startBench();
    const latin1 = Buffer.from(
      "Subject: x\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\nGr\u00fc\u00dfe",
      "latin1",
    );
    const id = bench.mailbox.deliver(user, latin1);
    const mime = [textElement(AirSync.MIMESupport, 2), bodyPreference(4)];
    const textSize = String(Buffer.byteLength(latin1.toString("latin1")));
    const { document, parts } = await bench.operateInParts(
      byId("inbox", id, bodyOnly, ...mime),
      byId("inbox", id, bodyOnly, bodyPreference(1)),
      byId(
        "inbox",
        id,
        bodyOnly,
        textElement(AirSync.MIMESupport, 2),
        bodyPreference(4, textElement(AirSyncBase.TruncationSize, 7)),
      ),
      byId("inbox", id, subjectOnly),
    );
    expect(parts.map(String)).toEqual([String(latin1), "Gr\u00fc\u00dfe\n", "Subject"]);
    expect(parts[0]).toEqual(latin1);
    const [, , [, ...fetches]] = document as [string, unknown, [string, ...unknown[]]];
    expect(fetches.map((one) => propertiesOf(answered(one)))).toEqual([
      [["Body", ["Type", "4"], ["EstimatedDataSize", textSize], ["Part", "1"]]],
      [["Body", ["Type", "1"], ["EstimatedDataSize", "8"], ["Part", "2"]]],
      [
        [
          "Body",
          ["Type", "4"],
          ["EstimatedDataSize", String(latin1.length)],
          ["Truncated", "1"],
          ["Part", "3"],
        ],
      ],
      [["Subject", "x"]],
    ]);
  });

  it("has Status 6 for an item, a folder or a LongId that is not there", async () => {
    const bench = startBench();
    const longId = longIdOf({ folder: "inbox", item: "gone" });
    const answer = await bench.operate(
      byId("inbox", "gone"),
      byId("nowhere", bench.id),
      fetch(textElement(Search.LongId, longId)),
      fetch(textElement(Search.LongId, "???")),
    );
    expect(answer).toEqual(
      answered(
        ["Fetch", ["Status", "6"], ["CollectionId", "inbox"], ["ServerId", "gone"]],
        ["Fetch", ["Status", "6"], ["CollectionId", "nowhere"], ["ServerId", bench.id]],
        ["Fetch", ["Status", "6"], ["LongId", longId]],
        ["Fetch", ["Status", "6"], ["LongId", "???"]],
      ),
    );
  });

  it("has Status 14 for an item that is broken, and fetches the others", async () => {
    const bench = startBench();
    const broken = bench.mailbox.deliver(user, "Subject: y\r\n\r\ny");
    bench.mailbox.poison(user, "inbox", broken);
    expect(await bench.operate(byId("inbox", broken), byId("inbox", bench.id, subjectOnly))).toEqual(
      answered(
        ["Fetch", ["Status", "14"], ["CollectionId", "inbox"], ["ServerId", broken]],
        [
          "Fetch",
          ["Status", "1"],
          ["CollectionId", "inbox"],
          ["ServerId", bench.id],
          ["Class", "Email"],
          ["Properties", ["Subject", "Two files"]],
        ],
      ),
    );
  });

  it("answers 503 when the mailbox cannot be reached", async () => {
    const bench = startBench();
    bench.mailbox.faults.failWith(new Error("down"));
    const request = element(ItemOperations.ItemOperations, [byId("inbox", bench.id)]);
    expect((await bench.device.command("ItemOperations", request)).status).toBe(503);
  });

  const reference = textElement(AirSyncBase.FileReference, "a");
  const folder = textElement(AirSync.CollectionId, "inbox");
  const id = textElement(AirSync.ServerId, "m");
  const html = element(AirSyncBase.BodyPartPreference, [textElement(AirSyncBase.Type, 1)]);
  const store = (name: string): WbxmlElement => textElement(ItemOperations.Store, name);
  const options = (...children: Children): WbxmlElement => element(ItemOperations.Options, children);

  it.each<[string, number, readonly WbxmlElement[]]>([
    ["no store", 2, [folder, id]],
    ["a document library", 9, [store("Document Library"), textElement(DocumentLibrary.LinkId, "\\\\a\\b")]],
    ["a store of no name", 9, [store("Attic"), folder, id]],
    ["nothing to fetch", 2, [store("Mailbox")]],
    ["a folder alone", 2, [store("Mailbox"), folder]],
    ["an item without its folder", 2, [store("Mailbox"), id]],
    ["an item and an attachment", 2, [store("Mailbox"), folder, id, reference]],
    ["a format twice", 2, [store("mailbox"), folder, id, options(bodyPreference(1), bodyPreference(1))]],
    ["a format that there is not", 2, [store("Mailbox"), folder, id, options(bodyPreference(9))]],
    ["a message part as text", 164, [store("Mailbox"), folder, id, options(html)]],
    [
      "protection to be removed",
      168,
      [store("Mailbox"), folder, id, emptyElement(RightsManagement.RemoveRightsManagementProtection)],
    ],
  ])("refuses %s with Status %i", async (_what, status, children) => {
    const bench = startBench();
    const answer = await bench.operate(element(ItemOperations.Fetch, children));
    const [, , [, [, refusal]]] = answer as [string, unknown, [string, [string, unknown]]];
    expect(refusal).toEqual(["Status", String(status)]);
    expect(propertiesOf(answer)).toEqual([]);
  });
});
