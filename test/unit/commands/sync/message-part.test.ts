import { describe, expect, it } from "vitest";
import type { ItemView } from "../../../../src/mailbox/mailbox.js";
import { AirSyncBase, child, childText, element, textElement } from "../../../../src/wbxml/index.js";
import { type CollectionAnswer, dataOf, fetchCommand, SyncBench } from "./sync-bench.js";

const part = element(AirSyncBase.BodyPartPreference, [textElement(AirSyncBase.Type, 2)]);

function partOf(answer: CollectionAnswer, list: "Commands" | "Responses", id: string): string | undefined {
  return childText(child(dataOf(answer, list, id), AirSyncBase.BodyPart), AirSyncBase.Data);
}

describe("BodyPartPreference", () => {
  it("stays until other options come, for mails that are sent and that are fetched", async () => {
    const server = new SyncBench();
    await server.folderSync();
    const [first, second] = [server.mail("One"), server.mail("Two")];
    const key = await server.start("inbox", {}, { options: [part] });
    const answer = await server.one({ key, windowSize: 1 });
    const sent = answer.adds[0] ?? "";
    expect(partOf(answer, "Commands", sent)).toContain("body");
    const other = sent === first ? second : first;
    const next = await server.one({ key: answer.key, commands: [fetchCommand(sent)] });
    expect(partOf(next, "Commands", other)).toContain("body");
    expect(partOf(next, "Responses", sent)).toContain("body");
    const plain = [element(AirSyncBase.BodyPreference, [textElement(AirSyncBase.Type, 1)])];
    const without = await server.one({ key: next.key, options: plain, commands: [fetchCommand(sent)] });
    expect(dataOf(without, "Responses", sent)).toBeDefined();
    expect(partOf(without, "Responses", sent)).toBeUndefined();
  });

  it("tells the mailbox that HTML is wanted besides the body, in whatever format that is", async () => {
    const server = new SyncBench();
    await server.folderSync();
    server.mail();
    const views: ItemView[] = [];
    const item = server.mailbox.item.bind(server.mailbox);
    server.mailbox.item = (ref, folder, id, view) => {
      views.push(view);
      return item(ref, folder, id, view);
    };
    await server.one({ key: await server.start("inbox", {}, { options: [part] }) });
    expect(views).toMatchObject([{ bodies: [], bodyPart: { type: "html" }, withBody: true }]);
  });
});
