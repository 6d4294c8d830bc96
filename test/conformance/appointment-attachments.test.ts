/** What is not stored must not look stored: attachments of appointments, which there are from 16.0 on. */
import { expect, it } from "vitest";
import { createDirectPush } from "../../src/index.js";
import { isAtLeast } from "../../src/protocol/version.js";
import { FakeClock, InProcessDevice, MemoryMailbox } from "../../src/testing/index.js";
import { all, document, type Tree, textOf, textsOf, treeOf } from "./devices/tree.js";

const user = "alice@example.com";
const attachments: Tree = [
  "AirSyncBase:Attachments",
  ["Add", ["ClientId", "a1"], ["Method", "1"], ["Content", Buffer.from("plan")], ["DisplayName", "plan.txt"]],
];
const times: readonly Tree[] = [
  ["Calendar:StartTime", "20270108T090000Z"],
  ["Calendar:EndTime", "20270108T100000Z"],
];

it.each(["12.1", "14.1", "16.0", "16.1"] as const)(
  "an appointment with an attachment in version %s comes back without it",
  async (version) => {
    const mailbox = new MemoryMailbox();
    const directPush = createDirectPush({
      mailbox,
      source: mailbox,
      clock: new FakeClock(),
      authenticate: async () => ({ kind: "user", user }),
    });
    const device = new InProcessDevice(directPush, { version });
    await device.folderSync();
    await device.syncAll("calendar");
    const sync = async (...commands: readonly Tree[]): Promise<Tree | undefined> => {
      const sent: Tree = [
        "AirSync:Sync",
        [
          "Collections",
          [
            "Collection",
            ["SyncKey", device.syncKeyOf("calendar")],
            ["CollectionId", "calendar"],
            ...(commands.length === 0 ? [] : [["Commands", ...commands] as const]),
          ],
        ],
      ];
      const answer = treeOf((await device.command("Sync", document(sent))).document);
      device.setSyncKey("calendar", textOf(answer, "SyncKey") ?? device.syncKeyOf("calendar"));
      return answer;
    };
    const given = (answer: Tree | undefined): Tree | undefined =>
      all(all(answer, "Commands")[0], "Change")[0];
    const data = (...rest: readonly Tree[]): Tree => [
      "ApplicationData",
      ["Calendar:Subject", "Review"],
      ...rest,
    ];

    const added = await sync(["Add", ["ClientId", "1"], data(...times, attachments)]);
    const [response] = all(all(added, "Responses")[0], "Add");
    expect(textOf(response, "Status")).toBe("1");
    const id = textOf(response, "ServerId") ?? "";
    expect([textOf(given(added), "ServerId"), textOf(given(added), "Subject")]).toEqual([id, "Review"]);
    expect(textsOf(given(added), "Attachments")).toEqual([]);

    const changed = await sync(["Change", ["ServerId", id], data(attachments)]);
    expect([textOf(given(changed), "ServerId"), textsOf(given(changed), "Attachments")]).toEqual([id, []]);

    // Before 16.0 a Change that says this alone takes the rest away, which comes back as well.
    if (!isAtLeast(version, "16.0")) return directPush.close();
    // Nothing comes back of what is stored as it was sent, and nothing is left to tell.
    expect(
      given(await sync(["Change", ["ServerId", id], data(["Calendar:BusyStatus", "0"])])),
    ).toBeUndefined();
    expect(await sync()).toBeUndefined();
    return directPush.close();
  },
);
