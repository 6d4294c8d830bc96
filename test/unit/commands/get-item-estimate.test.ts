import { describe, expect, it } from "vitest";
import { getItemEstimate } from "../../../src/commands/get-item-estimate.js";
import { noParameters } from "../../../src/http/query-parameters.js";
import {
  AirSync,
  element,
  GetItemEstimate,
  type OptionalElements,
  textElement,
  type WbxmlElement,
} from "../../../src/wbxml/index.js";
import { documentOf, plain } from "./command-context.js";
import { SyncBench } from "./sync/sync-bench.js";

async function bench(): Promise<SyncBench> {
  const made = new SyncBench();
  await made.folderSync();
  return made;
}

function request(...collections: readonly OptionalElements[]): WbxmlElement {
  return element(GetItemEstimate.GetItemEstimate, [
    element(
      GetItemEstimate.Collections,
      collections.map((children) => element(GetItemEstimate.Collection, children)),
    ),
  ]);
}

const collection = (key: string, id = "inbox", options: OptionalElements = []): OptionalElements => [
  textElement(AirSync.SyncKey, key),
  textElement(GetItemEstimate.CollectionId, id),
  options.length === 0 ? undefined : element(AirSync.Options, options),
];

const filter = (value: number): OptionalElements => [textElement(AirSync.FilterType, value)];

async function ask(server: SyncBench, document: WbxmlElement): Promise<unknown> {
  return plain(documentOf(await server.send(getItemEstimate, document)));
}

const answer = (...responses: unknown[]): unknown => ["GetItemEstimate", ["Status", "1"], ...responses];
const response = (status: number, id: string, items?: number): unknown => [
  "Response",
  ["Status", String(status)],
  ["Collection", ["CollectionId", id], ...(items === undefined ? [] : [["Estimate", String(items)]])],
];

describe("GetItemEstimate", () => {
  it("counts what the next Syncs would send, beyond one window, and changes no key", async () => {
    const server = await bench();
    for (let count = 0; count < 600; count += 1) server.mail();
    const key = await server.start();
    expect(await ask(server, request(collection(key)))).toEqual(answer(response(1, "inbox", 600)));
    expect(await ask(server, request(collection(key)))).toEqual(answer(response(1, "inbox", 600)));
    const next = await server.one({ key, windowSize: 512 });
    expect(await ask(server, request(collection(next.key)))).toEqual(answer(response(1, "inbox", 88)));
    expect(await ask(server, request(collection(key)))).toEqual(answer(response(1, "inbox", 600)));
    expect((await server.one({ key: next.key })).status).toBe("1");
  });

  it("counts additions, changes and deletions", async () => {
    const server = await bench();
    const [changed, removed] = [server.mail(), server.mail()];
    const key = await server.all();
    server.mailbox.setRead(server.user, "inbox", changed);
    server.mailbox.removeItem(server.user, "inbox", removed);
    server.mail();
    expect(await ask(server, request(collection(key)))).toEqual(answer(response(1, "inbox", 3)));
  });

  it("honours the filter of the request, and without one that of the last Sync", async () => {
    const server = await bench();
    server.mail("new");
    server.mail("old", server.clock.now() - 20 * 86_400_000);
    const key = await server.start();
    expect(await ask(server, request(collection(key, "inbox", filter(3))))).toEqual(
      answer(response(1, "inbox", 1)),
    );
    expect(await ask(server, request(collection(key)))).toEqual(answer(response(1, "inbox", 2)));
  });

  it("answers 2 for an unknown folder, 3 before the first Sync, 4 for a bad key, each with its CollectionId", async () => {
    const server = await bench();
    await server.start();
    const document = request(
      collection("0", "nowhere"),
      collection("1", "sent"),
      collection("0", "contacts"),
      collection("bogus"),
    );
    expect(await ask(server, document)).toEqual(
      answer(response(2, "nowhere"), response(3, "sent"), response(3, "contacts"), response(4, "inbox")),
    );
  });

  it("answers 2 for a folder that goes while it is counted", async () => {
    const server = await bench();
    const key = await server.start();
    server.mailbox.changes = async () => ({ kind: "folder-gone" });
    expect(await ask(server, request(collection(key)))).toEqual(answer(response(2, "inbox")));
  });

  it("refuses ConversationMode for a folder that holds no mail with 103, and counts by the filter for one that does", async () => {
    const server = await bench();
    const key = await server.start();
    server.mail();
    const ofConversations = (syncKey: string, id: string): ReturnType<typeof collection> => [
      ...collection(syncKey, id),
      textElement(AirSync.ConversationMode, 1),
    ];
    const sent = await server.send(getItemEstimate, request(ofConversations("0", "contacts")));
    expect(sent.outcome).toEqual({ kind: "common-status", status: 103 });
    expect(await ask(server, request(ofConversations(key, "inbox")))).toEqual(
      answer(response(1, "inbox", 1)),
    );
  });

  it("answers 2 for MaxItems on a folder that is no recipient cache", async () => {
    const server = await bench();
    const key = await server.start();
    const options = [textElement(AirSync.MaxItems, 5)];
    expect(await ask(server, request(collection(key, "inbox", options)))).toEqual(
      answer(response(2, "inbox")),
    );
  });

  it("takes the elements in the order of old clients", async () => {
    const server = await bench();
    server.mail();
    const key = await server.start();
    const old = request([
      textElement(GetItemEstimate.Class, "Email"),
      textElement(GetItemEstimate.CollectionId, "inbox"),
      textElement(AirSync.FilterType, 0),
      textElement(AirSync.SyncKey, key),
    ]);
    const sent = await server.send(getItemEstimate, old, { version: "12.1" });
    expect(plain(documentOf(sent))).toEqual(["GetItemEstimate", response(1, "inbox", 1)]);
  });

  it("refuses a filter that no class has with 103, one of another class with 110, and too many collections with 103", async () => {
    const server = await bench();
    const key = await server.start();
    const status = async (document: WbxmlElement): Promise<unknown> =>
      (await server.send(getItemEstimate, document)).outcome;
    expect(await status(request(collection(key, "inbox", filter(9))))).toEqual({
      kind: "common-status",
      status: 103,
    });
    expect(await status(request(collection(key, "inbox", filter(8))))).toEqual({
      kind: "common-status",
      status: 110,
    });
    const many = Array.from({ length: 1001 }, (_, index) => collection("0", `f${index}`));
    expect(await status(request(...many))).toEqual({ kind: "common-status", status: 103 });
    expect(await status(element(AirSync.Sync, []))).toEqual({ kind: "common-status", status: 103 });
  });

  it("is not unavailable when the library is at fault", async () => {
    const server = await bench();
    const key = await server.start();
    server.mailbox.changes = async () => ({ kind: "page", changes: null }) as never;
    const run = getItemEstimate.run(
      {
        document: request(collection(key)),
        policyKey: undefined,
        receivedAtMs: 0,
        sequence: 1,
        network: undefined,
        rawBody: undefined,
        parameters: noParameters,
      },
      server.context(),
    );
    await expect(run).rejects.toThrow(TypeError);
  });

  it("is unavailable when the mailbox is", async () => {
    const server = await bench();
    const key = await server.start();
    server.mailbox.faults.failWith(new Error("down"));
    const sent = await server.send(getItemEstimate, request(collection(key)));
    expect(sent.outcome?.kind).toBe("unavailable");
  });
});
