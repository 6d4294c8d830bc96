import { certificates } from "../../fixtures/certificates.js";
import { document as documentOf, type Tree, textOf, treeOf } from "../devices/tree.js";
import { answering, casesAt, type StatusCase, user, type World, without } from "./world.js";

const settings = casesAt("Settings");
const oof = casesAt("Oof");
const information: Tree = ["Settings:DeviceInformation", ["Set", ["Model", "Phone"]]];
const setOof = (...set: readonly Tree[]): Tree => ["Settings:Settings", ["Oof", ["Set", ...set]]];

/** Settings ([MS-ASCMD] 2.2.1.18). */
export const settingsCases: readonly StatusCase[] = [
  settings(1, "each property has its own", ["Settings:Settings", information]),
  casesAt("DeviceInformation")(1, "device information is stored", ["Settings:Settings", information]),
  casesAt("DeviceInformation")(5, "a model of 1,025 characters", [
    "Settings:Settings",
    ["DeviceInformation", ["Set", ["Model", "x".repeat(1_025)]]],
  ]),
  settings(2, "no property", ["Settings:Settings"]),
  settings(2, "a property that there is not", ["Settings:Settings", ["Account"]]),
  settings(2, "a property twice", ["Settings:Settings", information, information]),
  settings(2, "a property without Get or Set", ["Settings:Settings", ["UserInformation"]]),
  settings(2, "Get and Set at once", ["Settings:Settings", ["Oof", ["Get", ["BodyType", "Text"]], ["Set"]]]),
  settings(2, "a text in the place of a property", ["Settings:Settings", "Oof"]),
  oof(1, "an absence note", setOof(["OofState", "1"])),
  oof(2, "a mailbox without absence notes", setOof(["OofState", "1"]), { mailbox: without("outOfOffice") }),
  oof(2, "a start without an end", setOof(["OofState", "2"], ["StartTime", "2027-01-01T00:00:00.000Z"])),
  oof(3, "the user may not", setOof(["OofState", "1"]), {
    mailbox: answering("setOutOfOffice", { kind: "forbidden" }),
  }),
  oof(5, "a state that there is not", setOof(["OofState", "3"])),
  oof(5, "what the mailbox cannot store", setOof(["OofState", "1"]), {
    mailbox: answering("setOutOfOffice", { kind: "invalid", reason: "no" }),
  }),
  oof(
    6,
    "an end before the start",
    setOof(
      ["OofState", "2"],
      ["StartTime", "2027-01-02T00:00:00.000Z"],
      ["EndTime", "2027-01-01T00:00:00.000Z"],
    ),
  ),
  casesAt("DevicePassword")(7, "no policy that asks for a recovery password", [
    "Settings:Settings",
    ["DevicePassword", ["Set", ["Password", "1234"]]],
  ]),
  casesAt("RightsManagementInformation")(168, "rights management", [
    "Settings:Settings",
    ["RightsManagementInformation", ["Get"]],
  ]),
];

const provision = casesAt("Provision");
const policy = casesAt("Policy");
const wbxmlType = "MS-EAS-Provisioning-WBXML";
const enforced = { options: { policy: { enforce: true, allowPartial: false } } } as const;

function policyRequest(type: string, told: Tree = information): Tree {
  return ["Provision:Provision", told, ["Policies", ["Policy", ["PolicyType", type]]]];
}

function acknowledgement(status: string): NonNullable<StatusCase["tree"]> {
  return async ({ device }) => {
    const answer = await device.command("Provision", documentOf(policyRequest(wbxmlType)));
    const key = textOf(treeOf(answer.document), "PolicyKey") ?? "";
    return [
      "Provision:Provision",
      ["Policies", ["Policy", ["PolicyType", wbxmlType], ["PolicyKey", key], ["Status", status]]],
    ];
  };
}

const report = (status: string): Tree => ["Provision:Provision", ["RemoteWipe", ["Status", status]]];
const ordered = { before: ({ directPush }: World) => directPush.wipeDevice(user, "DEVICE1", "device") };

/** Provision ([MS-ASPROV]). */
export const provisionCases: readonly StatusCase[] = [
  provision(1, "no body: nothing is wanted of the device", undefined),
  policy(1, "the policy is asked for", policyRequest(wbxmlType)),
  policy(1, "the policy was applied", acknowledgement("1"), enforced),
  casesAt("DeviceInformation")(1, "device information is stored", policyRequest(wbxmlType)),
  casesAt("DeviceInformation")(
    2,
    "device information without Set",
    policyRequest(wbxmlType, ["Settings:DeviceInformation"]),
  ),
  casesAt("DeviceInformation")(
    5,
    "a model of 1,025 characters",
    policyRequest(wbxmlType, ["Settings:DeviceInformation", ["Set", ["Model", "x".repeat(1_025)]]]),
  ),
  provision(2, "no PolicyType", ["Provision:Provision", ["Policies", ["Policy"]]]),
  provision(2, "a Policy outside of Policies", [
    "Provision:Provision",
    ["Policy", ["PolicyType", wbxmlType]],
  ]),
  provision(2, "device information alone", ["Provision:Provision", information]),
  provision(2, "an acknowledgement that there is not", acknowledgement("9")),
  provision(2, "an erasure that failed", report("2"), ordered),
  provision(1, "an erasure that was done", report("1"), ordered),
  policy(3, "a policy of another type", policyRequest("MS-WAP-Provisioning-XML")),
  policy(5, "the key of another policy", [
    "Provision:Provision",
    ["Policies", ["Policy", ["PolicyType", wbxmlType], ["PolicyKey", "1234567890"], ["Status", "1"]]],
  ]),
  provision(129, "a device that was erased", policyRequest(wbxmlType), {
    before: async (world) => {
      await ordered.before(world);
      await world.device.command("Provision", documentOf(report("1")));
    },
  }),
  provision(
    139,
    "a policy that was applied in part, where that is not enough",
    acknowledgement("2"),
    enforced,
  ),
  provision(145, "a device that others manage", acknowledgement("4"), enforced),
  provision(165, "no device information", [
    "Provision:Provision",
    ["Policies", ["Policy", ["PolicyType", wbxmlType]]],
  ]),
];

const certificate = (text: string, ...more: readonly Tree[]): Tree => [
  "ValidateCert:ValidateCert",
  ...more,
  ["Certificates", ["Certificate", text]],
];
const chain = (text: string): Tree => ["CertificateChain", ["Certificate", text]];
const request = casesAt("ValidateCert");
const verdict = casesAt("Certificate");
const { alice, direct, sub, web, websub, underweb, briefsub, underbrief, brief, root } = certificates;
const nextYear = { before: ({ clock }: World) => clock.jump(366 * 86_400_000) };

/** ValidateCert ([MS-ASCMD] 2.2.1.22). */
export const validateCertCases: readonly StatusCase[] = [
  request(1, "each certificate has its own", certificate(alice, chain(sub))),
  request(2, "no certificate", ["ValidateCert:ValidateCert", ["Certificates"]]),
  request(2, "101 certificates", [
    "ValidateCert:ValidateCert",
    ["Certificates", ...Array.from({ length: 101 }, (): Tree => ["Certificate", alice])],
  ]),
  request(17, "a mailbox that cannot tell whom it trusts", certificate(alice), {
    before: ({ mailbox }) => mailbox.faults.failWith(new Error("down"), ["trustedAuthorities"]),
  }),
  verdict(1, "in order", certificate(alice, chain(sub))),
  verdict(3, "an authority's name with another key", certificate(tampered(direct))),
  verdict(4, "no way to an authority that is trusted", certificate(alice)),
  verdict(5, "no certificate at all", certificate("AAAA")),
  verdict(6, "a web server's", certificate(web, chain(sub))),
  verdict(7, "expired", certificate(brief, chain(sub)), nextYear),
  verdict(8, "an authority that is expired", certificate(underbrief, chain(briefsub)), nextYear),
  verdict(9, "an authority for web servers", certificate(underweb, chain(websub))),
  verdict(11, "an authority's own", certificate(root)),
  verdict(16, "whether it was revoked", [
    "ValidateCert:ValidateCert",
    chain(sub),
    ["Certificates", ["Certificate", alice]],
    ["CheckCRL", "1"],
  ]),
];

/** The same with another signature. */
function tampered(text: string): string {
  const bytes = Buffer.from(text, "base64");
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return bytes.toString("base64");
}
