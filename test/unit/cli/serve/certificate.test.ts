import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "selfsigned";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { readCertificate, watchCertificate } from "../../../../src/cli/serve/certificate.js";

let folder: string;
let files: { readonly certFile: string; readonly keyFile: string };
let stop = (): void => {};

beforeEach(() => {
  vi.useFakeTimers();
  folder = mkdtempSync(join(tmpdir(), "certificate-"));
  files = { certFile: join(folder, "cert.pem"), keyFile: join(folder, "key.pem") };
});

afterEach(() => {
  stop();
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

async function renew(): Promise<string> {
  const { cert, private: key } = await generate([{ name: "commonName", value: "a.example" }], {
    keyType: "ec",
  });
  writeFileSync(files.certFile, cert);
  writeFileSync(files.keyFile, key);
  return cert;
}

/** Watches from now on; what is heard, in order: certificates, and "failed". */
function watch(present: ReturnType<typeof readCertificate>): string[] {
  const heard: string[] = [];
  const listener = {
    changed: ({ cert }: { readonly cert: Buffer }) => heard.push(cert.toString()),
    failed: () => heard.push("failed"),
  };
  stop = watchCertificate(files, present, listener);
  return heard;
}

it("hears of a certificate that was renewed between its reading and the first look", async () => {
  await renew();
  const present = readCertificate(files);
  const renewed = await renew();
  const heard = watch(present);
  vi.advanceTimersByTime(5_000);
  expect(heard).toEqual([renewed]);
});

it("hears of each change once, of files that cannot be read as well, and of what is there again", async () => {
  const first = await renew();
  const heard = watch(readCertificate(files));
  vi.advanceTimersByTime(20_000);
  expect(heard).toEqual([]);
  rmSync(files.certFile);
  vi.advanceTimersByTime(20_000);
  expect(heard).toEqual(["failed"]);
  writeFileSync(files.certFile, "nonsense");
  vi.advanceTimersByTime(20_000);
  expect(heard).toEqual(["failed", "failed"]);
  writeFileSync(files.certFile, first);
  vi.advanceTimersByTime(20_000);
  expect(heard).toEqual(["failed", "failed", first]);
  stop();
  await renew();
  vi.advanceTimersByTime(20_000);
  expect(heard).toHaveLength(3);
});
