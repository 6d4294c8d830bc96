import { describe, expect, it } from "vitest";
import { checkPolicyKey } from "../../../src/commands/policy-gate.js";
import { provision } from "../../../src/commands/provision.js";
import { noParameters } from "../../../src/http/query-parameters.js";
import { readDeviceRecord, requestWipe, updateDeviceRecord } from "../../../src/state/device-record.js";
import { element, Provision, textElement, type WbxmlElement } from "../../../src/wbxml/index.js";
import { type BenchWishes, CommandBench, documentOf, textAt } from "./command-context.js";

const strict = { enforce: true, document: { devicePasswordEnabled: true } } as const;

function check(
  bench: CommandBench,
  policyKey: number | undefined,
  wishes: BenchWishes = {},
): Promise<number | undefined> {
  const request = {
    document: undefined,
    policyKey,
    receivedAtMs: 0,
    sequence: 1,
    network: undefined,
    rawBody: undefined,
    parameters: noParameters,
  };
  return checkPolicyKey(request, bench.context(wishes));
}

/** Goes through both phases; the key that the device got. */
async function provisioned(bench: CommandBench, wishes: BenchWishes = {}, acknowledged = 1): Promise<number> {
  const policy = (...content: readonly WbxmlElement[]): WbxmlElement =>
    element(Provision.Provision, [
      element(Provision.Policies, [
        element(Provision.Policy, [
          textElement(Provision.PolicyType, "MS-EAS-Provisioning-WBXML"),
          ...content,
        ]),
      ]),
    ]);
  const send = async (document: WbxmlElement): Promise<string> => {
    const sent = await bench.send(provision, document, { version: "14.0", ...wishes });
    return textAt(documentOf(sent), Provision.Policies, Provision.Policy, Provision.PolicyKey) ?? "";
  };
  const temporary = textElement(Provision.PolicyKey, await send(policy()));
  return Number(await send(policy(temporary, textElement(Provision.Status, acknowledged))));
}

describe("the policy gate", () => {
  it("lets everything through where no policy is enforced", async () => {
    const bench = new CommandBench();
    for (const key of [undefined, 0, 4711]) expect(await check(bench, key)).toBeUndefined();
  });

  it.each([
    ["142 with key 0", 0, 142],
    ["144 with a key that it never got", 4711, 144],
    ["141 without a key", undefined, 141],
  ])("asks a device that never provisioned to: %s", async (_, key, status) => {
    expect(await check(new CommandBench({ policy: strict }), key)).toBe(status);
  });

  it("lets devices through that send no key, where that is allowed", async () => {
    const bench = new CommandBench({ policy: { ...strict, allowUnprovisionable: true } });
    expect(await check(bench, undefined)).toBeUndefined();
    expect(await check(bench, 0)).toBe(142);
  });

  it("lets the key through that the device was given, and no other", async () => {
    const bench = new CommandBench({ policy: strict });
    const key = await provisioned(bench);
    expect(await check(bench, key)).toBeUndefined();
    expect(await check(bench, key === 5 ? 6 : 5)).toBe(144);
    expect(await check(bench, 0)).toBe(142);
    expect(await check(bench, undefined)).toBe(141);
    expect(await check(bench, key, { deviceId: "device2" })).toBe(144);
  });

  it("does not take the temporary key", async () => {
    const bench = new CommandBench({ policy: strict });
    await updateDeviceRecord(bench.state, bench.user, bench.deviceId, (record) => ({
      result: undefined,
      write: { ...record, policy: { temporary: { key: 77, policyHash: "x" } } },
    }));
    expect(await check(bench, 77)).toBe(144);
  });

  it("143 when the policy was edited, until the device provisions again", async () => {
    const bench = new CommandBench({ policy: strict });
    const key = await provisioned(bench);
    const policy = { ...strict, document: { devicePasswordEnabled: true, minDevicePasswordLength: 6 } };
    expect(await check(bench, key, { policy })).toBe(143);
    const refreshed = await provisioned(bench, { policy });
    expect(refreshed).not.toBe(key);
    expect(await check(bench, refreshed, { policy })).toBeUndefined();
    expect(await check(bench, key, { policy })).toBe(144);
  });

  it("asks again when what was acknowledged is not good enough any more", async () => {
    const bench = new CommandBench({ policy: strict });
    const key = await provisioned(bench, {}, 2);
    expect(await check(bench, key)).toBeUndefined();
    expect(await check(bench, key, { policy: { ...strict, allowPartial: false } })).toBe(144);
  });

  it("lets a device through that provisions again and again but never uses the key", async () => {
    const bench = new CommandBench({ policy: strict });
    await provisioned(bench);
    expect(await check(bench, 0)).toBe(142);
    const key = await provisioned(bench);
    expect(await check(bench, 0)).toBeUndefined();
    expect(await check(bench, key)).toBeUndefined();
    expect(await check(bench, 0)).toBe(142);
  });

  it("writes once for a key that is used, however many requests come", async () => {
    const bench = new CommandBench({ policy: strict });
    const key = await provisioned(bench);
    await check(bench, key);
    const { writes } = bench.state;
    for (let request = 0; request < 5; request += 1) await check(bench, key);
    expect(bench.state.writes).toBe(writes);
  });

  it("140 for an order to erase, with or without a policy, and 129 once it is done", async () => {
    const bench = new CommandBench();
    await requestWipe(bench.state, bench.user, bench.deviceId, "device");
    expect(await check(bench, undefined)).toBe(140);
    await updateDeviceRecord(bench.state, bench.user, bench.deviceId, (record) => ({
      result: undefined,
      write: { ...record, wipe: { scope: "device", state: "failed" } },
    }));
    expect(await check(bench, 0)).toBe(140);
    const report = element(Provision.Provision, [
      element(Provision.RemoteWipe, [textElement(Provision.Status, 1)]),
    ]);
    await bench.send(provision, report);
    expect(await check(bench, 0)).toBe(129);
    expect((await readDeviceRecord(bench.state, bench.user, bench.deviceId)).wipe?.state).toBe("done");
  });

  it("140 for an account alone from 16.1 on, 129 before: never the whole device", async () => {
    const bench = new CommandBench();
    await requestWipe(bench.state, bench.user, bench.deviceId, "account");
    expect(await check(bench, 0)).toBe(140);
    expect(await check(bench, 0, { version: "16.0" })).toBe(129);
  });
});
