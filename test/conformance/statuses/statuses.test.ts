/**
 * Every Status that a command can give, by a request that gets it; and the table of commands in docs/protocol.md, which says neither less nor more
 * than what is tried here.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type ProtocolVersion, protocolVersions } from "../../../src/protocol/version.js";
import { textOf, treeOf } from "../devices/tree.js";
import { provisionCases, settingsCases, validateCertCases } from "./account-cases.js";
import { commonCodes, documentedCommands } from "./documented.js";
import {
  folderCreateCases,
  folderDeleteCases,
  folderSyncCases,
  folderUpdateCases,
  getItemEstimateCases,
  moveItemsCases,
  pingCases,
} from "./folder-cases.js";
import { itemOperationsCases, meetingResponseCases, sendingCases, syncCases } from "./item-cases.js";
import { findCases, resolveRecipientsCases, searchCases } from "./people-cases.js";
import { type StatusCase, World } from "./world.js";

const root = new URL("../../../", import.meta.url);

/** By the first command of a row of the table. */
const cases: Readonly<Record<string, readonly StatusCase[]>> = {
  Ping: pingCases,
  Sync: syncCases,
  FolderSync: folderSyncCases,
  FolderCreate: folderCreateCases,
  FolderUpdate: folderUpdateCases,
  FolderDelete: folderDeleteCases,
  MoveItems: moveItemsCases,
  ItemOperations: itemOperationsCases,
  SendMail: sendingCases,
  MeetingResponse: meetingResponseCases,
  Search: searchCases,
  Find: findCases,
  ResolveRecipients: resolveRecipientsCases,
  ValidateCert: validateCertCases,
  Provision: provisionCases,
  Settings: settingsCases,
  GetItemEstimate: getItemEstimateCases,
};

/** What takes a fault of the library, another process or much time, with the test that has it. */
const elsewhere: Readonly<Record<string, Readonly<Record<number, readonly [file: string, test: string]>>>> = {
  Sync: {
    5: ["test/unit/commands/sync/server-errors.test.ts", "is Status 5 of its collection, is reported"],
  },
  SendMail: {
    111: ["test/unit/commands/sending/send-once.test.ts", "waits for a request that another process is at"],
  },
  Search: {
    10: [
      "test/unit/commands/search/search-mailbox.test.ts",
      "answers 3 when the search fails, 10 when it takes too long",
    ],
  },
};

describe.each(Object.entries(cases))("%s", (command, all) => {
  it.each(all.map((one) => [one.code, one.at, one.why, one] as const))(
    "gives %i in %s: %s",
    async (code, _at, _why, one) => {
      const world = await World.of(one);
      try {
        await one.before?.(world);
        const found = await world.statuses(one.command ?? command, one);
        expect([...new Set(found)]).toEqual([String(code)]);
      } finally {
        await world.close();
      }
    },
  );
});

describe("the table of commands", () => {
  it.each(documentedCommands().map((row) => [row.commands.join(", "), row] as const))(
    "has the codes of %s that are tried",
    (_names, { commands: [first = ""], codes }) => {
      const tried = (cases[first] ?? []).map(({ code }) => code);
      const others = Object.keys(elsewhere[first] ?? {}).map(Number);
      const isOwn = (code: number): boolean => !commonCodes.includes(code) || codes.includes(code);
      const known = [...new Set([...tried, ...others])].filter(isOwn).toSorted((one, other) => one - other);
      expect(codes).toEqual(known);
    },
  );

  it.each(Object.values(elsewhere).flatMap((codes) => Object.values(codes)))(
    "names a test of %s: %s",
    (file, test) => {
      expect(readFileSync(new URL(file, root), "utf8")).toContain(test);
    },
  );

  it.each(protocolVersions)("has the commands that are there in version %s", async (version) => {
    const world = await World.of({ code: 1, at: "", why: "", tree: undefined });
    const { headers } = await world.device.options();
    const advertised = String(headers["ms-asprotocolcommands"]).split(",").toSorted();
    expect(
      documentedCommands()
        .flatMap(({ commands }) => commands)
        .toSorted(),
    ).toEqual(advertised);
    await world.close();
    const there = await Promise.all(advertised.map((command) => isThere(command, version)));
    const said = advertised.map((command) => isSaid(command, version));
    expect(advertised.filter((_, at) => there[at])).toEqual(advertised.filter((_, at) => said[at]));
  });
});

/** Whether a command is one of the version. Where a policy is due, nothing but that is looked at before it is asked for. */
async function isThere(command: string, version: ProtocolVersion): Promise<boolean> {
  const options = { policy: { enforce: true } };
  const world = await World.of({ code: 1, at: "", why: "", tree: undefined, version, options });
  try {
    const { status, document } = await world.device.command(command);
    return status === 449 || (status === 200 && textOf(treeOf(document), "Status") !== "138");
  } finally {
    await world.close();
  }
}

function isSaid(command: string, version: ProtocolVersion): boolean {
  const versions = documentedCommands().find(({ commands }) => commands.includes(command))?.versions ?? "";
  return versions === "all" || versions.split(", ").includes(version);
}
