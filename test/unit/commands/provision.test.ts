import { describe, expect, it } from "vitest";
import { provision } from "../../../src/commands/provision.js";
import type { ProtocolVersion } from "../../../src/protocol/version.js";
import { readDeviceRecord, requestWipe } from "../../../src/state/device-record.js";
import {
  decode,
  element,
  emptyElement,
  encode,
  Provision,
  Settings,
  textElement,
  type WbxmlElement,
} from "../../../src/wbxml/index.js";
import {
  type BenchWishes,
  CommandBench,
  documentOf,
  plain,
  type SentCommand,
  textAt,
} from "./command-context.js";

const wbxmlType = "MS-EAS-Provisioning-WBXML";

const information = element(Settings.DeviceInformation, [
  element(Settings.Set, [textElement(Settings.Model, "TestModel"), textElement(Settings.OS, "TestOS 1")]),
]);

function policyRequest(type: string = wbxmlType, ...before: readonly WbxmlElement[]): WbxmlElement {
  return element(Provision.Provision, [...before, policies(textElement(Provision.PolicyType, type))]);
}

function policies(...content: readonly WbxmlElement[]): WbxmlElement {
  return element(Provision.Policies, [element(Provision.Policy, content)]);
}

function acknowledgement(key: string | number, status: string | number = 1): WbxmlElement {
  return element(Provision.Provision, [
    policies(
      textElement(Provision.PolicyType, wbxmlType),
      textElement(Provision.PolicyKey, key),
      textElement(Provision.Status, status),
    ),
  ]);
}

const answered = (sent: SentCommand): unknown => plain(documentOf(sent));
const keyIn = (sent: SentCommand): string =>
  textAt(documentOf(sent), Provision.Policies, Provision.Policy, Provision.PolicyKey) ?? "";

async function temporaryKey(bench: CommandBench, wishes: BenchWishes = {}): Promise<string> {
  return keyIn(await bench.send(provision, policyRequest(wbxmlType, information), wishes));
}

const policyAnswer = (...content: readonly unknown[]): unknown => [
  "Provision",
  ["Status", "1"],
  ["Policies", ["Policy", ["PolicyType", wbxmlType], ...content]],
];

describe("Provision, the two phases", () => {
  it("hands out the policy under a temporary key, then the key for everything else", async () => {
    const bench = new CommandBench();
    const first = await bench.send(provision, policyRequest(wbxmlType, information));
    expect(answered(first)).toEqual([
      "Provision",
      ["DeviceInformation", ["Status", "1"]],
      ["Status", "1"],
      [
        "Policies",
        [
          "Policy",
          ["PolicyType", wbxmlType],
          ["Status", "1"],
          ["PolicyKey", expect.stringMatching(/^[1-9][0-9]{0,9}$/)],
          ["Data", ["EASProvisionDoc", ["DevicePasswordEnabled", "0"]]],
        ],
      ],
    ]);
    const second = await bench.send(provision, acknowledgement(keyIn(first)));
    expect(answered(second)).toEqual(policyAnswer(["Status", "1"], ["PolicyKey", keyIn(second)]));
    expect(keyIn(second)).toMatch(/^[1-9][0-9]{0,9}$/);
    expect(keyIn(second)).not.toBe(keyIn(first));
    expect(Number(keyIn(second))).toBeLessThan(2 ** 32);
  });

  it("survives the wire in both directions", async () => {
    const bench = new CommandBench();
    const sent = await bench.send(provision, decode(encode(policyRequest(wbxmlType, information))));
    expect(plain(decode(encode(documentOf(sent))))).toEqual(answered(sent));
  });

  it("keeps what the device tells of itself", async () => {
    const bench = new CommandBench();
    await temporaryKey(bench);
    const record = await readDeviceRecord(bench.state, bench.user, bench.deviceId);
    expect(record.information).toEqual({ model: "TestModel", os: "TestOS 1" });
  });

  it.each([
    ["a key that was used before", (used: string) => used],
    ["a key that was never handed out", () => "1234567890"],
    ["no number", () => "abc"],
    ["key 0", () => "0"],
  ])("answers Policy Status 5 to the acknowledgement of %s", async (_, wrong) => {
    const bench = new CommandBench();
    const used = await temporaryKey(bench);
    await bench.send(provision, acknowledgement(used));
    const sent = await bench.send(provision, acknowledgement(wrong(used)));
    expect(answered(sent)).toEqual(policyAnswer(["Status", "5"]));
  });

  it("answers Policy Status 5 to another key than the one that was just given out, which stays good", async () => {
    const bench = new CommandBench();
    const given = await temporaryKey(bench);
    for (const wrong of [Number(given) - 1, `${given}1`, "0"]) {
      expect(answered(await bench.send(provision, acknowledgement(wrong)))).toEqual(
        policyAnswer(["Status", "5"]),
      );
    }
    expect(keyIn(await bench.send(provision, acknowledgement(given)))).not.toBe("");
  });

  it("takes the key from the header when the acknowledgement has none", async () => {
    const bench = new CommandBench();
    const policyKey = Number(await temporaryKey(bench));
    const document = element(Provision.Provision, [
      policies(textElement(Provision.PolicyType, wbxmlType), textElement(Provision.Status, 1)),
    ]);
    expect(keyIn(await bench.send(provision, document, { policyKey }))).not.toBe("");
  });

  it("takes an acknowledgement without PolicyType, its children in any order", async () => {
    const bench = new CommandBench();
    const key = await temporaryKey(bench);
    const document = element(Provision.Provision, [
      policies(textElement(Provision.Status, 1), textElement(Provision.PolicyKey, key)),
    ]);
    expect(keyIn(await bench.send(provision, document))).not.toBe("");
  });

  it("answers an unknown PolicyType with Policy Status 3, and names it", async () => {
    const bench = new CommandBench({ version: "14.0" });
    const sent = await bench.send(provision, policyRequest("MS-WAP-Provisioning-XML"));
    expect(answered(sent)).toEqual([
      "Provision",
      ["Status", "1"],
      ["Policies", ["Policy", ["PolicyType", "MS-WAP-Provisioning-XML"], ["Status", "3"]]],
    ]);
  });

  it("stores nothing of the device that only tries a password, and lets it acknowledge", async () => {
    const bench = new CommandBench({ deviceId: "VALIDATE" });
    const key = await temporaryKey(bench);
    expect(keyIn(await bench.send(provision, acknowledgement(key)))).not.toBe("");
    expect(bench.state.size).toBe(0);
  });
});

describe("Provision, device information by version", () => {
  it.each(["14.1", "16.0", "16.1"] as const)("%s must tell it in the first request: 165", async (version) => {
    const bench = new CommandBench({ version });
    const sent = await bench.send(provision, policyRequest());
    expect(sent.outcome).toEqual({ kind: "common-status", status: 165 });
  });

  it.each(["12.1", "14.0"] as const)("%s tells it by Settings, and is not asked for it", async (version) => {
    const bench = new CommandBench({ version });
    expect(keyIn(await bench.send(provision, policyRequest()))).not.toBe("");
    expect(
      textAt(
        documentOf(await bench.send(provision, policyRequest(wbxmlType, information))),
        Settings.DeviceInformation,
        Settings.Status,
      ),
    ).toBe("1");
  });

  it("is not asked for again when the device told it before", async () => {
    const bench = new CommandBench();
    await temporaryKey(bench);
    expect(keyIn(await bench.send(provision, policyRequest()))).not.toBe("");
  });

  it.each([
    ["2 without a Set", emptyElement(Settings.DeviceInformation), "2"],
    [
      "5 with a text that is too long",
      element(Settings.DeviceInformation, [
        element(Settings.Set, [textElement(Settings.Model, "x".repeat(1025))]),
      ]),
      "5",
    ],
  ])("has a Status of its own: %s", async (_, told, status) => {
    const sent = await new CommandBench().send(provision, policyRequest(wbxmlType, told));
    expect(textAt(documentOf(sent), Settings.DeviceInformation, Settings.Status)).toBe(status);
    expect(keyIn(sent)).not.toBe("");
  });
});

describe("Provision, malformed requests", () => {
  it.each([
    ["a Policy without PolicyType", element(Provision.Provision, [policies()])],
    [
      "a Policy outside of Policies",
      element(Provision.Provision, [
        element(Provision.Policy, [textElement(Provision.PolicyType, wbxmlType)]),
      ]),
    ],
    ["empty Policies", element(Provision.Provision, [emptyElement(Provision.Policies)])],
    ["an acknowledgement 0", acknowledgement(1, 0)],
    ["an acknowledgement 5", acknowledgement(1, 5)],
    ["an acknowledgement that is no number", acknowledgement(1, "yes")],
    ["an erasure without a Status", element(Provision.Provision, [emptyElement(Provision.RemoteWipe)])],
    [
      "an erasure with Status 3",
      element(Provision.Provision, [element(Provision.RemoteWipe, [textElement(Provision.Status, 3)])]),
    ],
    ["another root", textElement(Settings.Settings, "")],
  ])("answers %s with Status 2", async (_, document) => {
    const sent = await new CommandBench({ version: "14.0" }).send(provision, document);
    expect(answered(sent)).toEqual(["Provision", ["Status", "2"]]);
  });

  it("leaves a body that is no WBXML to the common status", () => {
    expect(provision.undecodable).toBeUndefined();
  });
});

describe("Provision, what devices acknowledge", () => {
  it.each([
    ["in full", 1, {}, undefined],
    ["in part where that is allowed", 2, { allowPartial: true }, undefined],
    ["in part where it is not", 2, { allowPartial: false }, 139],
    ["not applied", 3, {}, 139],
    ["managed by others where that is not allowed", 4, {}, 145],
    ["managed by others where that is allowed", 4, { allowUnprovisionable: true }, undefined],
  ] as const)("%s (%i)", async (_, status, policy, refusal) => {
    const bench = new CommandBench({ policy: { enforce: true, ...policy } });
    const sent = await bench.send(provision, acknowledgement(await temporaryKey(bench), status));
    if (refusal === undefined) expect(keyIn(sent)).not.toBe("");
    else expect(sent.outcome).toEqual({ kind: "common-status", status: refusal });
  });

  it.each([1, 2, 3, 4])("takes %i where no policy is enforced", async (status) => {
    const bench = new CommandBench();
    expect(keyIn(await bench.send(provision, acknowledgement(await temporaryKey(bench), status)))).not.toBe(
      "",
    );
  });

  it("answers a wrong key with 5 whatever is acknowledged", async () => {
    const bench = new CommandBench({ policy: { enforce: true } });
    expect(answered(await bench.send(provision, acknowledgement(77, 3)))).toEqual(
      policyAnswer(["Status", "5"]),
    );
  });
});

describe("Provision, erasing", () => {
  const report = (tag: number, status: number): WbxmlElement =>
    element(Provision.Provision, [element(tag, [textElement(Provision.Status, status)])]);
  const wipe = ["RemoteWipe", ""];
  const accountWipe = ["AccountOnlyRemoteWipe", ""];

  async function ordered(
    scope: "device" | "account",
    version: ProtocolVersion = "16.1",
  ): Promise<CommandBench> {
    const bench = new CommandBench({ version });
    await requestWipe(bench.state, bench.user, bench.deviceId, scope);
    return bench;
  }

  it.each([
    ["no body", undefined],
    ["an empty Provision", emptyElement(Provision.Provision)],
  ])("answers %s with Status 1 alone when nothing is ordered", async (_, document) => {
    expect(answered(await new CommandBench().send(provision, document))).toEqual([
      "Provision",
      ["Status", "1"],
    ]);
  });

  it.each([
    ["no body", undefined],
    ["an empty Provision", emptyElement(Provision.Provision)],
    ["a request for a policy of another type", policyRequest("MS-WAP-Provisioning-XML")],
    ["an acknowledgement", acknowledgement(1)],
  ])("demands it of %s", async (_, document) => {
    const bench = await ordered("device");
    expect(answered(await bench.send(provision, document))).toEqual(["Provision", ["Status", "1"], wipe]);
    expect(bench.told.wipes).toEqual([{ scope: "device", state: "requested" }]);
  });

  it("demands it beside the policy that was asked for, whose acknowledgement makes no difference", async () => {
    const bench = await ordered("device");
    const asked = documentOf(await bench.send(provision, policyRequest()));
    const key = textAt(asked, Provision.Policies, Provision.Policy, Provision.PolicyKey) ?? "";
    expect(key).toMatch(/^[1-9][0-9]*$/);
    expect(plain(asked)).toMatchObject(["Provision", ["Status", "1"], ["Policies", expect.anything()], wipe]);
    const acknowledged = await bench.send(provision, acknowledgement(Number(key)));
    expect(answered(acknowledged)).toEqual(["Provision", ["Status", "1"], wipe]);
    expect((await readDeviceRecord(bench.state, bench.user, bench.deviceId)).policy).toBeUndefined();
  });

  it.each(["12.1", "14.0", "14.1", "16.0", "16.1"] as const)(
    "erases a whole device of %s",
    async (version) => {
      const bench = await ordered("device", version);
      expect(answered(await bench.send(provision, undefined))).toEqual(["Provision", ["Status", "1"], wipe]);
    },
  );

  it("erases an account alone from 16.1 on", async () => {
    const bench = await ordered("account");
    expect(answered(await bench.send(provision, undefined))).toEqual([
      "Provision",
      ["Status", "1"],
      accountWipe,
    ]);
    const done = await bench.send(provision, report(Provision.AccountOnlyRemoteWipe, 1));
    expect(answered(done)).toEqual(["Provision", ["Status", "1"], accountWipe]);
    expect(bench.told.wipes).toEqual([
      { scope: "account", state: "requested" },
      { scope: "account", state: "done" },
    ]);
  });

  it.each(["12.1", "14.0", "14.1", "16.0"] as const)(
    "refuses %s that is to erase an account alone",
    async (version) => {
      const bench = await ordered("account", version);
      const sent = await bench.send(provision, undefined);
      expect(sent.outcome).toEqual({ kind: "common-status", status: 129 });
    },
  );

  it.each([
    ["at the top level, as Android does", report(Provision.RemoteWipe, 1)],
    [
      "in the Policy, as iOS 5 does",
      element(Provision.Provision, [policies(textElement(Provision.Status, 1))]),
    ],
    [
      "beside a Policy",
      element(Provision.Provision, [
        policies(textElement(Provision.Status, 1)),
        element(Provision.RemoteWipe, [textElement(Provision.Status, 1)]),
      ]),
    ],
  ])("takes the report %s, and refuses the device from then on", async (_, document) => {
    const bench = await ordered("device");
    expect(answered(await bench.send(provision, document))).toEqual(["Provision", ["Status", "1"], wipe]);
    expect(bench.told.wipes).toEqual([{ scope: "device", state: "done" }]);
    expect((await readDeviceRecord(bench.state, bench.user, bench.deviceId)).wipe?.state).toBe("done");
    const back = await bench.send(provision, policyRequest(wbxmlType, information));
    expect(back.outcome).toEqual({ kind: "common-status", status: 129 });
  });

  it("answers a report that is repeated because the answer was lost, and tells it once", async () => {
    const bench = await ordered("device");
    await bench.send(provision, report(Provision.RemoteWipe, 1));
    expect(answered(await bench.send(provision, report(Provision.RemoteWipe, 1)))).toEqual([
      "Provision",
      ["Status", "1"],
      wipe,
    ]);
    expect(bench.told.wipes).toHaveLength(1);
  });

  it("does not take back a report of success", async () => {
    const bench = await ordered("device");
    await bench.send(provision, report(Provision.RemoteWipe, 1));
    await bench.send(provision, report(Provision.RemoteWipe, 2));
    expect((await readDeviceRecord(bench.state, bench.user, bench.deviceId)).wipe?.state).toBe("done");
  });

  it("answers a failure with Status 2, and goes on demanding", async () => {
    const bench = await ordered("device");
    expect(answered(await bench.send(provision, report(Provision.RemoteWipe, 2)))).toEqual([
      "Provision",
      ["Status", "2"],
      wipe,
    ]);
    expect(bench.told.wipes).toEqual([{ scope: "device", state: "failed" }]);
    expect(answered(await bench.send(provision, undefined))).toEqual(["Provision", ["Status", "1"], wipe]);
  });

  it("demands the whole of a device that reports the account alone", async () => {
    const bench = await ordered("device");
    const sent = await bench.send(provision, report(Provision.AccountOnlyRemoteWipe, 1));
    expect(answered(sent)).toEqual(["Provision", ["Status", "1"], wipe]);
    expect((await readDeviceRecord(bench.state, bench.user, bench.deviceId)).wipe?.state).toBe("requested");
  });

  it("thanks for a report that nobody asked for, and changes nothing", async () => {
    const bench = new CommandBench();
    expect(answered(await bench.send(provision, report(Provision.RemoteWipe, 1)))).toEqual([
      "Provision",
      ["Status", "1"],
    ]);
    expect(bench.state.size).toBe(0);
    expect(bench.told.wipes).toEqual([]);
  });
});
