/**
 * Each right request got wrong in every place in every way: what comes is a Status that the command is documented to give (HTTP 400 in 12.1), never a fault, never success
 * for what was not done, and never done while the answer says no. Children in another order, and elements that nobody knows, are all right.
 */
import { describe, expect, it } from "vitest";
import type { ProtocolVersion } from "../../../src/protocol/version.js";
import { until } from "../../contract/deadline.js";
import { document, type Tree, treeOf } from "../devices/tree.js";
import { commonCodes, documentedCommands } from "../statuses/documented.js";
import { World } from "../statuses/world.js";
import { type RightRequest, rightRequests, statusesIn, versionsOf } from "./requests.js";
import { type Variant, variantsOf } from "./variants.js";

interface Outcome {
  readonly http: number;
  readonly statuses: readonly string[];
  readonly claims: boolean | undefined;
  readonly isDone: boolean | undefined;
}

/** Sends a variant of a request in a world of its own. */
async function outcomeOf(
  request: RightRequest,
  version: ProtocolVersion,
  pick: (right: Tree) => Tree | undefined,
): Promise<Outcome | undefined> {
  const world = await World.of({ code: 0, at: "", why: "", tree: undefined, version, isBare: true });
  const faults: unknown[] = [];
  world.directPush.events.on("requestFailed", ({ error }) => faults.push(error));
  world.directPush.events.on("sourceFailed", ({ error }) => faults.push(error));
  try {
    await request.before?.(world);
    const sent = pick(await request.tree(world));
    if (sent === undefined) return undefined;
    const exchange = world.device.send(request.command, document(sent));
    await until(
      `${request.command} to be answered or held`,
      () => exchange.isAnswered || world.directPush.heldCount > 0,
    );
    if (!exchange.isAnswered) await world.clock.advance(3_600_000);
    await until(`${request.command} to be answered`, () => exchange.isAnswered);
    const { status: http, document: answer } = await exchange.answer;
    const tree = treeOf(answer);
    const claims = http === 200 ? request.claims?.(tree, sent, world) : request.claims && false;
    const isDone = await request.isDone?.(world, tree, sent);
    expect(faults).toEqual([]);
    expect(world.directPush.heldCount).toBe(0);
    return { http, statuses: statusesIn(tree), claims, isDone };
  } finally {
    await world.close();
  }
}

/** Codes that the command is documented to give. */
function codesOf(command: string): readonly string[] {
  const row = documentedCommands().find(({ commands }) => commands.includes(command));
  const common = commonCodes.filter((code) => code !== 110);
  return [...(row?.codes ?? []), ...common].map(String);
}

const all = rightRequests.flatMap((request) =>
  versionsOf(request).map((version) => ({
    request,
    version,
    name: `${request.command} for ${request.asks}`,
  })),
);

describe.each(all)("$name in $version", ({ request, version }) => {
  const codes = codesOf(request.command);

  /** The variants' names; the trees have ids of their world. */
  const named = async (): Promise<readonly Variant[]> => {
    let found: readonly Variant[] = [];
    await outcomeOf(request, version, (right) => {
      found = variantsOf(right);
      return undefined;
    });
    return found;
  };

  it("is answered as it should be, however wrong it is", async () => {
    const right = await outcomeOf(request, version, (tree) => tree);
    if (request.claims !== undefined) expect(right).toMatchObject({ claims: true, isDone: true });
    for (const [at, { name, isEqual }] of (await named()).entries()) {
      const outcome = await outcomeOf(request, version, (tree) => variantsOf(tree)[at]?.tree);
      if (isEqual) {
        expect(outcome, name).toEqual(right);
        continue;
      }
      expect(version === "12.1" ? [200, 400] : [200], name).toContain(outcome?.http);
      for (const status of outcome?.statuses ?? []) expect(codes, name).toContain(status);
      expect([name, outcome?.claims], name).toEqual([name, outcome?.isDone]);
    }
  });
});
