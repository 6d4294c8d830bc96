import { rootCertificates } from "node:tls";
import { describe, expect, it } from "vitest";
import { validateCert } from "../../../../src/commands/validate-cert/index.js";
import { FakeClock } from "../../../../src/testing/fake-clock.js";
import { MemoryMailbox } from "../../../../src/testing/memory-mailbox.js";
import {
  bytesElement,
  element,
  textElement,
  ValidateCert,
  type WbxmlElement,
} from "../../../../src/wbxml/index.js";
import { certificates } from "../../../fixtures/certificates.js";
import { deepChain } from "../../../fixtures/deep-chain.js";
import { CommandBench, documentOf, plain } from "../command-context.js";

const { root, imposter, sub, alice, direct, web, brief, briefsub, underbrief, websub, underweb, misused } =
  certificates;
const der = (base64: string) => Buffer.from(base64, "base64");

/** The same with another signature. */
function tampered(certificate: string): string {
  const bytes = der(certificate);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return bytes.toString("base64");
}

interface Trust {
  readonly nowMs?: number;
  readonly authorities?: readonly string[];
}

class CertificateBench extends CommandBench {
  override readonly clock: FakeClock;
  override readonly mailbox: MemoryMailbox;

  constructor({ nowMs = Date.UTC(2027, 0, 1), authorities = [root] }: Trust = {}) {
    super();
    this.clock = new FakeClock({ nowMs });
    this.mailbox = new MemoryMailbox({ clock: this.clock, authorities: authorities.map(der) });
  }
}

function request(
  certificates: readonly string[],
  chain: readonly string[] = [],
  checkCrl?: string,
): WbxmlElement {
  const each = (texts: readonly string[]) => texts.map((text) => textElement(ValidateCert.Certificate, text));
  return element(ValidateCert.ValidateCert, [
    chain.length === 0 ? undefined : element(ValidateCert.CertificateChain, each(chain)),
    element(ValidateCert.Certificates, each(certificates)),
    checkCrl === undefined ? undefined : textElement(ValidateCert.CheckCRL, checkCrl),
  ]);
}

async function validate(document: WbxmlElement | undefined, trust: Trust = {}): Promise<unknown> {
  return plain(documentOf(await new CertificateBench(trust).send(validateCert, document)));
}

const refused = ["ValidateCert", ["Status", "2"]];
const answered = (...statuses: readonly number[]) => [
  "ValidateCert",
  ["Status", "1"],
  ...statuses.map((status) => ["Certificate", ["Status", String(status)]]),
];

describe("ValidateCert", () => {
  it("follows the chain to an authority that the mailbox trusts", async () => {
    expect(await validate(request([alice, direct], [sub]))).toEqual(answered(1, 1));
    expect(await validate(request([alice], [root, imposter, sub]))).toEqual(answered(1));
    expect(await validate(request([alice]), { authorities: [sub] })).toEqual(answered(1));
    expect(await validate(request([alice]), { authorities: [alice] })).toEqual(answered(1));
  });

  it("follows it over eight steps and no more", async () => {
    const { root, authorities, belowSeven, belowEight } = deepChain;
    const users = request([belowSeven, belowEight], authorities);
    expect(await validate(users, { authorities: [root] })).toEqual(answered(1, 4));
  });

  it("takes bytes for base64 as well", async () => {
    const document = element(ValidateCert.ValidateCert, [
      element(ValidateCert.Certificates, [bytesElement(ValidateCert.Certificate, der(direct))]),
    ]);
    expect(await validate(document)).toEqual(answered(1));
  });

  it.each([
    ["a signature that is not the authority's", request([tampered(direct)]), 3],
    ["a signature that is not the next one's in the chain", request([tampered(alice)], [sub]), 3],
    ["an authority in the chain whose signature is wrong", request([alice], [tampered(sub)]), 3],
    ["an authority that is missing", request([alice]), 4],
    ["what is no certificate", request(["AAAA"]), 5],
    ["an empty one", request([""]), 5],
    ["one that is not for mail", request([web], [sub]), 6],
    ["an authority in the chain that is not for mail", request([underweb], [websub]), 9],
    ["an authority's certificate", request([sub]), 11],
    ["one that a user signed", request([misused], [alice, sub]), 11],
  ])("tells of %s", async (_name, document, status) => {
    expect(await validate(document)).toEqual(answered(status));
  });

  it("trusts nobody because the device says so", async () => {
    const nobody = { authorities: [] };
    expect(await validate(request([alice], [sub, root]), nobody)).toEqual(answered(4));
    expect(await validate(request([direct], [root]), nobody)).toEqual(answered(4));
  });

  it("takes a key of another authority of the same name for a wrong signature", async () => {
    expect(await validate(request([direct]), { authorities: [imposter] })).toEqual(answered(3));
  });

  it("looks at the time: 7 of the certificate, 8 of the chain", async () => {
    const chain = [sub, briefsub];
    const asked = request([brief, underbrief, alice], chain);
    expect(await validate(asked)).toEqual(answered(1, 1, 1));
    expect(await validate(asked, { nowMs: Date.UTC(2028, 0, 1) })).toEqual(answered(7, 8, 1));
    expect(await validate(asked, { nowMs: Date.UTC(2026, 0, 1) })).toEqual(answered(7, 7, 7));
  });

  it("does not say that a certificate was not revoked, which it cannot find out", async () => {
    expect(await validate(request([alice, web], [sub], "1"))).toEqual(answered(16, 6));
    expect(await validate(request([alice], [sub], "0"))).toEqual(answered(1));
  });

  it("knows the authorities of Node, and answers for a hundred at once", async () => {
    const [first = ""] = rootCertificates;
    const base64 = first.replaceAll(/-----[^-]+-----|\s/g, "");
    expect(await validate(request([base64]))).toEqual(answered(11));
    const many = Array.from({ length: 100 }, () => direct);
    expect(await validate(request(many))).toEqual(answered(...many.map(() => 1)));
  });

  it("leaves out what is no certificate in the chain and among the mailbox's", async () => {
    const authorities = [Buffer.from("none").toString("base64"), root];
    expect(await validate(request([alice], ["AAAA", sub]), { authorities })).toEqual(answered(1));
  });

  it.each([
    ["no certificates", request([])],
    ["more than a hundred", request(Array.from({ length: 101 }, () => direct))],
    [
      "a chain of more than a hundred",
      request(
        [direct],
        Array.from({ length: 101 }, () => sub),
      ),
    ],
    [
      "something else than certificates",
      element(ValidateCert.ValidateCert, [
        element(ValidateCert.Certificates, [textElement(ValidateCert.Status, "1")]),
      ]),
    ],
    ["a CheckCRL that is neither 0 nor 1", request([direct], [], "2")],
    ["another document", element(ValidateCert.Certificates, [])],
    ["no document", undefined],
  ])("refuses %s with Status 2", async (_name, document) => {
    expect(await validate(document)).toEqual(refused);
  });

  it("answers 17 when the mailbox cannot tell whom it trusts", async () => {
    const bench = new CertificateBench();
    bench.mailbox.faults.failWith(new Error("down"), ["trustedAuthorities"]);
    const sent = await bench.send(validateCert, request([direct]));
    expect(plain(documentOf(sent))).toEqual(["ValidateCert", ["Status", "17"]]);
    expect(bench.told.sourceFailures).toHaveLength(1);
  });

  it("asks a mailbox without trust of its own for nothing", async () => {
    const bench = new CertificateBench();
    Object.assign(bench.mailbox, { trustedAuthorities: undefined });
    expect(plain(documentOf(await bench.send(validateCert, request([direct]))))).toEqual(answered(4));
  });
});
