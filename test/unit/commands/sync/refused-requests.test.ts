import { describe, expect, it } from "vitest";
import {
  AirSync,
  AirSyncBase,
  Contacts,
  element,
  Notes,
  textElement,
  type WbxmlElement,
} from "../../../../src/wbxml/index.js";
import { addCommand, SyncBench, syncRequest, topLevelOf } from "./sync-bench.js";

const contacts = "contacts";
const named = (name: string): readonly WbxmlElement[] => [textElement(Contacts.FirstName, name)];

async function bench(wishes: ConstructorParameters<typeof SyncBench>[0] = {}): Promise<SyncBench> {
  const made = new SyncBench(wishes);
  await made.folderSync();
  return made;
}

function ids(server: SyncBench, folder = contacts): readonly string[] {
  return [...server.mailbox.snapshot(server.user, folder).keys()];
}

describe("requests that are refused as a whole", () => {
  const statusOf = async (wishes: Parameters<typeof syncRequest>[0], version?: "14.1"): Promise<string> => {
    const server = await bench(version === undefined ? {} : { version });
    const key = await server.start(wishes[0]?.id ?? "inbox");
    return topLevelOf(await server.sync(syncRequest(wishes.map((one) => ({ ...one, key: one.key || key })))));
  };

  it("holds more commands than allowed: 4", async () => {
    const server = await bench({ options: { maxSyncCommands: 2 } });
    const key = await server.all(contacts);
    const commands = ["a", "b", "c"].map((name) => addCommand(name, named(name)));
    expect(topLevelOf(await server.sync(syncRequest([{ id: contacts, key, commands }])))).toBe("4");
    expect(ids(server)).toEqual([]);
    expect((await server.one({ id: contacts, key, commands: commands.slice(1) })).status).toBe("1");
  });

  it("names ConversationMode on a folder that holds no mail: 4", async () => {
    expect(await statusOf([{ id: contacts, key: "", conversationMode: true }])).toBe("4");
  });

  it("names Supported for notes: 4", async () => {
    expect(await statusOf([{ id: "notes", key: "0", supported: [Notes.Subject] }])).toBe("4");
  });

  it("filters mail by completion: 4", async () => {
    expect(await statusOf([{ key: "", options: [textElement(AirSync.FilterType, 8)] }])).toBe("4");
  });

  it.each([
    ["FilterType", textElement(AirSync.FilterType, 9)],
    ["Conflict", textElement(AirSync.Conflict, 2)],
    ["MIMESupport", textElement(AirSync.MIMESupport, "x")],
  ])("has a wrong %s: 4", async (_name, option) => {
    expect(await statusOf([{ key: "", options: [option] }])).toBe("4");
  });

  it.each([
    ["without a Type", [textElement(AirSyncBase.TruncationSize, 100)], "6"],
    ["with a Type that is none", [textElement(AirSyncBase.Type, 9)], "6"],
    [
      "with a wrong AllOrNone",
      [textElement(AirSyncBase.Type, 1), textElement(AirSyncBase.AllOrNone, 2)],
      "4",
    ],
  ])("has a BodyPreference %s: %s", async (_what, content, status) => {
    expect(await statusOf([{ key: "", options: [element(AirSyncBase.BodyPreference, content)] }])).toBe(
      status,
    );
  });

  it.each([
    [1, "164"],
    [4, "164"],
    [9, "6"],
  ])("asks for a message part of Type %i", async (type, status) => {
    const part = element(AirSyncBase.BodyPartPreference, [textElement(AirSyncBase.Type, type)]);
    expect(await statusOf([{ key: "", options: [part] }])).toBe(status);
  });

  it("lacks a CollectionId or a SyncKey, or names a collection twice: 4", async () => {
    const server = await bench();
    const key = await server.start();
    const withoutId = element(AirSync.Sync, [
      element(AirSync.Collections, [element(AirSync.Collection, [textElement(AirSync.SyncKey, key)])]),
    ]);
    expect(topLevelOf(await server.sync(withoutId))).toBe("4");
    const withoutKey = element(AirSync.Sync, [
      element(AirSync.Collections, [
        element(AirSync.Collection, [textElement(AirSync.CollectionId, "inbox")]),
      ]),
    ]);
    expect(topLevelOf(await server.sync(withoutKey))).toBe("4");
    expect(topLevelOf(await server.sync(syncRequest([{ key }, { key }])))).toBe("4");
    expect(topLevelOf(await server.sync(element(AirSync.Sync, [])))).toBe("4");
  });

  it("has two Options that are not one for SMS: 4; with one for SMS it is served", async () => {
    const server = await bench();
    const key = await server.start();
    const sms = element(AirSync.Options, [textElement(AirSync.Class, "SMS")]);
    const plain = element(AirSync.Options, [textElement(AirSync.FilterType, 0)]);
    const request = (...options: WbxmlElement[]): WbxmlElement =>
      element(AirSync.Sync, [
        element(AirSync.Collections, [
          element(AirSync.Collection, [
            textElement(AirSync.SyncKey, key),
            textElement(AirSync.CollectionId, "inbox"),
            ...options,
          ]),
        ]),
      ]);
    expect(topLevelOf(await server.sync(request(plain, plain)))).toBe("4");
    expect(topLevelOf(await server.sync(request(sms, sms)))).toBe("4");
    expect((await server.sync(request(plain, sms))).outcome).toEqual({ kind: "empty" });
  });

  it("lists too many collections: 15 and the limit", async () => {
    const server = await bench({ options: { maxSyncCollections: 2 } });
    const request = syncRequest(["inbox", "sent", contacts].map((id) => ({ id, key: "0" })));
    expect(topLevelOf(await server.sync(request))).toBe("15 2");
  });
});
