import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { itemOperations } from "../../../../src/commands/item-operations/index.js";
import { noParameters } from "../../../../src/http/query-parameters.js";
import {
  AirSync,
  AirSyncBase,
  childText,
  element,
  ItemOperations,
  Search,
  textElement,
  type WbxmlElement,
} from "../../../../src/wbxml/index.js";
import { CommandBench } from "../command-context.js";
import { mailWithAttachments, user } from "./item-operations-bench.js";

const tags = fc.oneof(
  fc.constantFrom(...Object.values(ItemOperations)),
  fc.constantFrom(
    ...[AirSync.CollectionId, AirSync.ServerId, AirSync.MIMESupport, Search.LongId],
    ...[AirSyncBase.FileReference, AirSyncBase.BodyPreference, AirSyncBase.Type, AirSyncBase.TruncationSize],
  ),
);
const texts = fc.oneof(
  fc.constantFrom("Mailbox", "inbox", "1", "2", "4", "0-1", "5-2", "known", ""),
  fc.string({ maxLength: 20 }),
);

const trees = fc.letrec<{ node: WbxmlElement; leaf: WbxmlElement; parent: WbxmlElement }>((tie) => ({
  node: fc.oneof({ maxDepth: 4, withCrossShrink: true }, tie("leaf"), tie("parent")),
  leaf: fc.oneof(
    fc.tuple(tags, texts).map(([tag, text]) => textElement(tag, text)),
    fc.tuple(tags, fc.uint8Array({ maxLength: 8 })).map(([tag, content]) => ({ tag, content })),
  ),
  parent: fc.tuple(tags, fc.array(tie("node"), { maxLength: 5 })).map(([tag, inner]) => element(tag, inner)),
}));

const operations = fc
  .tuple(
    fc.constantFrom(ItemOperations.Fetch, ItemOperations.EmptyFolderContents, ItemOperations.Move),
    fc.array(trees.node, { maxLength: 6 }),
  )
  .map(([tag, inner]) => element(tag, [textElement(ItemOperations.Store, "Mailbox"), ...inner]));

describe("ItemOperations", () => {
  it("answers whatever a device sends", async () => {
    const bench = new CommandBench({ user });
    bench.mailbox.deliver(user, mailWithAttachments);
    const kinds: Record<string, number> = {};
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof({ weight: 20, arbitrary: operations }, trees.node), { maxLength: 5 }),
        fc.boolean(),
        async (sent, inParts) => {
          const document = element(ItemOperations.ItemOperations, sent);
          const request = {
            document,
            rawBody: undefined,
            parameters: { ...noParameters, acceptMultiPart: inParts },
            policyKey: undefined,
            receivedAtMs: 0,
            sequence: 1,
            network: undefined,
          };
          const outcome = await itemOperations.run(request, bench.context());
          kinds[outcome.kind] = (kinds[outcome.kind] ?? 0) + 1;
          const answer = "document" in outcome ? outcome.document : undefined;
          expect(childText(answer, ItemOperations.Status)).toMatch(/^(1|2|11)$/);
        },
      ),
    );
    expect(kinds["multipart"]).toBeGreaterThan(0);
    expect(kinds["document"]).toBeGreaterThan(0);
  });
});
